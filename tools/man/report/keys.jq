# SPDX-License-Identifier: MIT
#
# The sections of vhdxlog-report(5) that say what every value and every key is, made
# of the schemas, which are the input, in any order (jq -rs).

# ------------------------------------------------------------------- as roff

def escape: gsub("\\\\"; "\\e") | gsub("-"; "\\-");

# Text as input lines: a sentence ends its line, and no line is a command.
def text:
	[split(" ")[] | escape]
	| reduce .[] as $word ({lines: [], line: ""};
		if .line == "" then .line = $word
		elif (.line | length) + ($word | length) > 70
		then .lines += [.line] | .line = $word
		else .line += " " + $word end
		| if $word | test("[.!?]$")
		  then .lines += [.line] | .line = "" else . end)
	| .lines + (if .line == "" then [] else [.line] end)
	| .[] | if test("^[.']") then "\\&" + . else . end;

def alternatives:
	map(select(. != "null")) + map(select(. == "null"))
	| if length < 2 then join("")
	  else (.[:-1] | join(", ")) + " or " + .[-1] end;

# --------------------------------------------------------------------- names

# "scan-1" of "vhdxlog.scan-1.schema.json"
def short: ltrimstr("vhdxlog.") | rtrimstr(".schema.json");

# What a definition is called: the members that records share with an object have
# the name of that.
def spoken: rtrimstr("_members") | gsub("_"; " ");

sort_by(.["$id"] | [(startswith("vhdxlog.scan-") | not), split(".")[1],
	contains(".records.")])
| map({key: (.["$id"] | short), value: .}) | from_entries as $all

# What a reference points at: which file, the path in it, what is there.
| def target($file):
	split("#") as [$other, $path]
	| {file: (if $other == "" then $file else $other | short end),
	   path: ($path | ltrimstr("/") | split("/"))}
	| . as $t | .it = ($all[$t.file] | getpath($t.path));

# Has members of its own, or of others. One that names no type is a condition.
def is_object:
	if has("properties")
	then [.properties[] | has("type", "$ref", "enum", "const", "anyOf")] | any
	else has("allOf") or (has("$ref") and has("unevaluatedProperties")) end;

# Those of a scan have a name here, of which VALUES says the meaning.
def is_value($file):
	$file == "scan-1" and (has("enum") or
		(has("type") and ([.type] | flatten | inside(["string", "integer",
			"boolean", "null"]))));

# ------------------------------------------------------------- types, meanings

def type_of($file):
	if has("const") then .const | tostring
	elif has("enum") then .enum | map(tostring) | alternatives
	elif has("$ref") then .["$ref"] | target($file) as $t
		| $t.it | if is_object
			then ($t.path[-1] | spoken) + (if $t.file == $file then ""
				else " of " + ($all[$t.file].title | split(" -")[0]) end)
			elif ($t.path | length) == 2 and is_value($t.file)
			then $t.path[-1] | spoken
			else type_of($t.file) end
	elif has("anyOf") then [.anyOf[] | type_of($file)] | alternatives
	elif .type == "array"
	then "array" + (.items | objects | " of " + type_of($file))
	else [.type] | flatten | alternatives end;

# Its own description, else that of what it refers to.
def meaning($file):
	.description // ([., .anyOf[]?, .items] | map(objects | .["$ref"] // empty)
		| map(target($file) | .file as $f | .path as $p | .it
			| select(($p | length) != 2 or (is_value($f) | not))
			| meaning($f)) | first) // "";

def members($file; $prefix):
	.properties | to_entries[]
	| ($prefix + .key) as $name
	| ".It Cm " + ($name | escape),
	  (.value | "(" + type_of($file) + ") " + meaning($file) | text),
	  (.value | ., .items | objects | select(has("properties"))
		| members($file; $name + "."));

# $parts: the definitions of that name, with members of their own and without.
def object($file; $name; $parts):
	([$parts[] | [., .allOf[]?] | .[] | .["$ref"] // empty | target($file)
		| select(.file != $file or (.path[-1] | spoken) != $name)
		| (.path[-1] | spoken) + (if .file == $file then ""
			else " of " + ($all[.file].title | split(" -")[0]) end)]) as $others
	| ".Ss " + ($name | escape),
	  ([$parts[] | .description // empty] | join(" ") | text),
	  ($others | select(length > 0) | "It has the members of "
		+ join(" and ") + "." | text),
	  ([$parts[] | select(has("properties"))] | select(length > 0)
		| ".Bl -tag -width Ds", (.[] | members($file; "")), ".El");

def document($file):
	".Sh " + (.title | escape),
	(.description | text), ".Pp",
	("The schema is " + .["$id"] + "." | text),
	(select(has("properties")) | ".Bl -tag -width Ds", members($file; ""), ".El"),
	(.["$defs"] | [to_entries[] | select(.value | is_object)
			| select($file != "scan-1" or (.value | is_value($file) | not))]
		| group_by(.key | spoken)[]
		| object($file; (.[0].key | spoken); map(.value)));

def values($file):
	[to_entries[] | select(.value | is_value($file))
		| {name: (.key | rtrimstr("_or_null") | spoken), it: .value}]
	| group_by(.name)[]
	| ".It Em " + (.[0].name | escape),
	  ([.[].it.description // empty] | first // "" | text),
	  (.[0].it | .enum // empty | "One of " + alternatives + "." | text);

".Sh VALUES", ".Bl -tag -width Ds", ($all["scan-1"]["$defs"] | values("scan-1")),
".El", ($all | to_entries[] | .key as $file | .value | document($file))
