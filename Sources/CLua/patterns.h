#pragma once
#include "host.h"

// Lua's patterns, compiled into items and matched by a matcher that pays for each step: the one of the standard library
// can take longer than anyone waits, where no hook is called.

enum { MOST_CAPTURES = 32, MOST_ITEMS = 1024, POSITION_CAPTURE = -1, OPEN_CAPTURE = -2 };

typedef enum {
  ITEM_ONE, ITEM_OPEN, ITEM_POSITION, ITEM_CLOSE, ITEM_BALANCE, ITEM_FRONTIER, ITEM_BACK, ITEM_LAST, ITEM_END,
} item_kind;

typedef struct {
  item_kind kind;
  char repeat;        // of ITEM_ONE: 0, '?', '*', '+' or '-'
  uint8_t first, last;  // of ITEM_BALANCE; of ITEM_BACK and ITEM_CLOSE, `first` is the capture
  uint64_t set[4];    // characters of ITEM_ONE and ITEM_FRONTIER
} item;

typedef struct {
  bool is_anchored;
  int captures;
  int count;
  item items[];
} pattern;

typedef struct {
  const char *start;
  ptrdiff_t length;  // or POSITION_CAPTURE, OPEN_CAPTURE
} capture;

typedef struct {
  lua_State *L;
  const pattern *pattern;
  const char *subject, *end;
  uint64_t unpaid;
  int depth;
  capture captures[MOST_CAPTURES];
} matcher;

// Pushes a userdata with the compiled pattern. `anchors`: whether a `^` at the start ties it to a place.
const pattern *clua_compile_pattern(lua_State *L, const char *text, size_t length, bool anchors);
// Where a match that begins at `place` ends; NULL if there is none.
const char *clua_match_here(matcher *m, const char *place);
// Pushes a capture from 0, or the whole match where the pattern has none and `number` is 0.
void clua_push_capture(matcher *m, int number, const char *start, const char *end);
