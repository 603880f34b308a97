/* SPDX-License-Identifier: MIT */
#include "tools/common/anchor.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ANCHOR_WANTED "is no NAME=TIME (acquired=2026-11-22T14:30:00Z is)"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Just so many digits; *text is moved behind them. */
static bool take_digits(const char **text, int count, int *value)
{
	*value = 0;
	for (; count > 0; count--, (*text)++) {
		if (!is_digit(**text))
			return false;
		*value = 10 * *value + (**text - '0');
	}
	return true;
}

static bool take_sign(const char **text, const char *signs)
{
	if (!**text || !strchr(signs, **text))
		return false;
	(*text)++;
	return true;
}

static bool take_date(const char **text, struct tm *tm)
{
	bool fits = take_digits(text, 4, &tm->tm_year) &&
		    take_sign(text, "-") && take_digits(text, 2, &tm->tm_mon) &&
		    take_sign(text, "-") && take_digits(text, 2, &tm->tm_mday);

	tm->tm_year -= 1900;
	tm->tm_mon--;
	return fits;
}

/* hh:mm */
static bool take_minutes(const char **text, int *hours, int *minutes)
{
	return take_digits(text, 2, hours) && take_sign(text, ":") &&
	       take_digits(text, 2, minutes) && *hours < 24 && *minutes < 60;
}

/* ".5", copied as it is; nothing where there is none. */
static bool take_fraction(const char **text, char fraction[16])
{
	size_t length;

	*fraction = '\0';
	if (**text != '.')
		return true;
	length = 1 + strspn(*text + 1, "0123456789");
	if (length < 2 || length >= 16)
		return false;
	memcpy(fraction, *text, length);
	fraction[length] = '\0';
	*text += length;
	return true;
}

/* Z, +hh:mm or -hh:mm, to the end of the text: seconds that it is ahead. */
static bool take_zone(const char **text, int *ahead)
{
	int hours, minutes, sign = **text == '-' ? -1 : 1;

	*ahead = 0;
	if (take_sign(text, "Zz"))
		return **text == '\0';
	if (!take_sign(text, "+-") || !take_minutes(text, &hours, &minutes))
		return false;
	*ahead = sign * 60 * (60 * hours + minutes);
	return **text == '\0';
}

/* Whether the calendar has such a day; timegm() would go on to the next. */
static bool is_day(const struct tm *tm)
{
	struct tm same = *tm;

	if (tm->tm_mon < 0 || tm->tm_mon > 11 || tm->tm_mday < 1)
		return false;
	timegm(&same);
	return same.tm_mon == tm->tm_mon && same.tm_mday == tm->tm_mday;
}

/* A second of 60 is the last of a month in UTC, and told as the one after. */
static bool is_second(int second, const struct tm *utc_after)
{
	return second < 60 ||
	       (second == 60 && utc_after->tm_mday == 1 &&
		utc_after->tm_hour == 0 && utc_after->tm_min == 0);
}

static const char *format(struct tm *tm, int ahead, const char *fraction,
			  char time_text[40])
{
	int second = tm->tm_sec;
	struct tm utc;
	time_t when = timegm(tm) - ahead;

	if (!gmtime_r(&when, &utc) || utc.tm_year < -1900 ||
	    utc.tm_year > 9999 - 1900 || !is_second(second, &utc))
		return "names a time that there is not";
	snprintf(time_text, 40, "%04d-%02d-%02dT%02d:%02d:%02d%sZ",
		 utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
		 utc.tm_min, utc.tm_sec, second == 60 ? "" : fraction);
	return NULL;
}

static const char *parse_time(const char *text, char time_text[40])
{
	struct tm tm = { .tm_year = 0 };
	char fraction[16];
	int ahead;

	if (!take_date(&text, &tm))
		return ANCHOR_WANTED;
	if (!is_day(&tm))
		return "names a day that there is not";
	if (!*text)
		return "is a day; a bound needs a time of it "
		       "(2026-11-22T23:59:59Z has one)";
	if (!take_sign(&text, "Tt ") ||
	    !take_minutes(&text, &tm.tm_hour, &tm.tm_min) ||
	    !take_sign(&text, ":") || !take_digits(&text, 2, &tm.tm_sec) ||
	    tm.tm_sec > 60 || !take_fraction(&text, fraction))
		return ANCHOR_WANTED;
	if (!*text)
		return "does not say where its clock was: Z for UTC, or as "
		       "+01:00";
	if (!take_zone(&text, &ahead))
		return ANCHOR_WANTED;
	return format(&tm, ahead, fraction, time_text);
}

const char *tool_parse_anchor(const char *text, struct tool_anchor *anchor)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	size_t length = strspn(text, letters);

	if (length == 0 || text[length] != '=')
		return ANCHOR_WANTED;
	if (length >= sizeof(anchor->name))
		return "has a name that is too long";
	memcpy(anchor->name, text, length);
	anchor->name[length] = '\0';
	return parse_time(text + length + 1, anchor->time);
}
