#define _GNU_SOURCE  // memmem

#include "patterns.h"
#include <string.h>

// `string.find`, `match`, `gmatch` and `gsub` over a matcher that can be stopped.

static int push_captures(matcher *m, const char *start, const char *end, bool whole) {
  int count = m->pattern->captures == 0 && whole ? 1 : m->pattern->captures;
  luaL_checkstack(m->L, count + 4, "too many captures");
  for (int number = 0; number < count; number++) clua_push_capture(m, number, start, end);
  return count;
}

// The offset from 0 at which a search begins; beyond the length where it cannot.
static size_t offset(lua_Integer position, size_t length) {
  if (position > 0) return (size_t)position - 1;
  if (position == 0 || position < -(lua_Integer)length) return 0;
  return length + (size_t)position;
}

static matcher prepare(lua_State *L, const char *subject, size_t length, const pattern *compiled) {
  return (matcher){.L = L, .pattern = compiled, .subject = subject, .end = subject + length};
}

static bool is_plain(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (text[i] && strchr("^$*+?.([%-", text[i])) return false;
  return true;
}

static int find_plain(lua_State *L, const char *subject, size_t length, size_t start, const char *text, size_t size) {
  charge(L, (length - start) / 8 + size);
  const char *found = size == 0 ? subject + start : memmem(subject + start, length - start, text, size);
  if (!found) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushinteger(L, found - subject + 1);
  lua_pushinteger(L, found - subject + (lua_Integer)size);
  return 2;
}

static int search(lua_State *L, bool finds) {
  size_t length, size;
  const char *subject = luaL_checklstring(L, 1, &length), *text = luaL_checklstring(L, 2, &size);
  size_t start = offset(luaL_optinteger(L, 3, 1), length);
  if (start > length) {
    lua_pushnil(L);
    return 1;
  }
  if (finds && (lua_toboolean(L, 4) || is_plain(text, size))) return find_plain(L, subject, length, start, text, size);
  matcher m = prepare(L, subject, length, clua_compile_pattern(L, text, size, true));
  for (const char *place = subject + start; place <= m.end; place++) {
    const char *end = clua_match_here(&m, place);
    if (end && finds) {
      lua_pushinteger(L, place - subject + 1);
      lua_pushinteger(L, end - subject);
      return push_captures(&m, place, end, false) + 2;
    }
    if (end) return push_captures(&m, place, end, true);
    if (m.pattern->is_anchored) break;
  }
  lua_pushnil(L);
  return 1;
}

static int find(lua_State *L) { return search(L, true); }
static int match_once(lua_State *L) { return search(L, false); }

// Upvalues: the subject, the compiled pattern, the offset of the next search, the end of the last match.
static int next_match(lua_State *L) {
  size_t length;
  const char *subject = lua_tolstring(L, lua_upvalueindex(1), &length);
  matcher m = prepare(L, subject, length, lua_touserdata(L, lua_upvalueindex(2)));
  const char *last = subject + lua_tointeger(L, lua_upvalueindex(4));
  for (const char *place = subject + lua_tointeger(L, lua_upvalueindex(3)); place <= m.end; place++) {
    const char *end = clua_match_here(&m, place);
    if (!end || end == last) continue;
    lua_pushinteger(L, end - subject);
    lua_pushvalue(L, -1);
    lua_replace(L, lua_upvalueindex(3));
    lua_replace(L, lua_upvalueindex(4));
    return push_captures(&m, place, end, true);
  }
  lua_pushinteger(L, (lua_Integer)length + 1);
  lua_replace(L, lua_upvalueindex(3));
  return 0;
}

static int each_match(lua_State *L) {
  size_t length, size;
  luaL_checklstring(L, 1, &length);
  const char *text = luaL_checklstring(L, 2, &size);
  size_t start = offset(luaL_optinteger(L, 3, 1), length);
  if (start > length) start = length + 1;
  lua_settop(L, 2);
  clua_compile_pattern(L, text, size, false);
  lua_remove(L, 2);
  lua_pushinteger(L, (lua_Integer)start);
  lua_pushinteger(L, -1);
  lua_pushcclosure(L, next_match, 4);
  return 1;
}

// MARK: replacing

typedef struct {
  matcher m;
  luaL_Buffer text;
  size_t length;
} replacing;

// Counts what is about to be added.
static void grow(replacing *r, size_t length) {
  r->length += length;
  if (r->length > LONGEST_STRING && is_sandbox(host_of(r->m.L)))
    luaL_error(r->m.L, "gsub: the result is longer than a string may be");
}

static void add(replacing *r, const char *text, size_t length) {
  grow(r, length);
  luaL_addlstring(&r->text, text, length);
}

static void add_value(replacing *r) {
  size_t length;
  lua_tolstring(r->m.L, -1, &length);
  grow(r, length);
  luaL_addvalue(&r->text);
}

static void add_template(replacing *r, const char *start, const char *end) {
  lua_State *L = r->m.L;
  size_t length;
  const char *text = lua_tolstring(L, 3, &length), *stop = text + length;
  charge(L, length / 8 + 1);
  while (text < stop) {
    const char *mark = memchr(text, '%', (size_t)(stop - text));
    if (!mark) mark = stop;
    add(r, text, (size_t)(mark - text));
    if (mark == stop) return;
    char c = mark + 1 < stop ? mark[1] : '\0';
    text = mark + 2;
    if (c == '%') {
      add(r, "%", 1);
    } else if (c == '0') {
      add(r, start, (size_t)(end - start));
    } else if (c >= '1' && c <= '9') {
      clua_push_capture(&r->m, c - '1', start, end);
      add_value(r);
    } else {
      luaL_error(L, "invalid use of '%%' in replacement string");
    }
  }
}

static void add_replacement(replacing *r, const char *start, const char *end) {
  lua_State *L = r->m.L;
  int kind = lua_type(L, 3);
  if (kind == LUA_TFUNCTION) {
    lua_pushvalue(L, 3);
    lua_call(L, push_captures(&r->m, start, end, true), 1);
  } else if (kind == LUA_TTABLE) {
    clua_push_capture(&r->m, 0, start, end);
    lua_gettable(L, 3);
  } else {
    add_template(r, start, end);
    return;
  }
  if (!lua_toboolean(L, -1)) {
    lua_pop(L, 1);
    add(r, start, (size_t)(end - start));
  } else if (lua_isstring(L, -1)) {
    add_value(r);
  } else {
    luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
  }
}

static int replace(lua_State *L) {
  size_t length, size;
  const char *subject = luaL_checklstring(L, 1, &length), *text = luaL_checklstring(L, 2, &size);
  int kind = lua_type(L, 3);
  luaL_argexpected(L, kind == LUA_TNUMBER || kind == LUA_TSTRING || kind == LUA_TFUNCTION || kind == LUA_TTABLE, 3,
                   "string/function/table");
  lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)length + 1), count = 0;
  lua_settop(L, 3);
  if (kind == LUA_TNUMBER) lua_tolstring(L, 3, NULL);
  replacing r = {.m = prepare(L, subject, length, clua_compile_pattern(L, text, size, true))};
  luaL_buffinit(L, &r.text);
  const char *place = subject, *last = NULL;
  while (count < most) {
    const char *end = clua_match_here(&r.m, place);
    if (end && end != last) {
      count++;
      add_replacement(&r, place, end);
      place = last = end;
    } else if (place < r.m.end) {
      add(&r, place++, 1);
    } else {
      break;
    }
    if (r.m.pattern->is_anchored) break;
  }
  add(&r, place, (size_t)(r.m.end - place));
  luaL_pushresult(&r.text);
  lua_pushinteger(L, count);
  return 2;
}

void clua_open_patterns(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"find", find}, {"match", match_once}, {"gmatch", each_match}, {"gsub", replace}, {NULL, NULL}};
  lua_getglobal(L, "string");
  luaL_setfuncs(L, functions, 0);
  lua_pop(L, 1);
}
