// What most images hold, for the test that reads facts back out of a page: a rule
// with strings, one without, and words that would be markup.
rule seen : first second
{
	meta:
		author = "<b>&\"'</b>"
		level = 3
		sure = true
	strings:
		$signature = /(loge|desc|zero|data|head|regi|metadata|vhdxfile)/
		$present = { 06 00 ?0 ?? 00 00 00 00 }
	condition:
		any of them
}

rule bare
{
	condition:
		scope == "slack" or target_region == "bat"
}
