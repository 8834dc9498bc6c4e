#include "host.h"
#include <string.h>

// The string library of a sandbox, and the two others: what one call may make or look through is bounded and paid for.
// Patterns have a file of their own.

static int call_original(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

static int repeat(lua_State *L) {
  size_t length = 0, separator = 0;
  luaL_checklstring(L, 1, &length);
  lua_Integer count = luaL_checkinteger(L, 2);
  luaL_optlstring(L, 3, "", &separator);
  if (count > 1 && length + separator == 0) {
    lua_pushliteral(L, "");
    return 1;
  }
  if (count > 0) {
    if (length + separator > 0 && (lua_Unsigned)count > (LONGEST_STRING + separator) / (length + separator))
      return luaL_error(L, "rep: the result is longer than a string may be");
    charge(L, (uint64_t)count);
  }
  return call_original(L);
}

// A position in a string of a length, where negative ones count from the end.
static lua_Integer position(lua_Integer given, size_t length) {
  return given >= 0 ? given : given < -(lua_Integer)length ? 0 : (lua_Integer)length + given + 1;
}

// `string.byte` and `utf8.codepoint` return a value for each character from one position to another.
static int values_between(lua_State *L) {
  size_t length;
  luaL_checklstring(L, 1, &length);
  lua_Integer first = luaL_optinteger(L, 2, 1), last = luaL_optinteger(L, 3, first);
  first = position(first, length), last = position(last, length);
  if (first < 1) first = 1;
  if (last > (lua_Integer)length) last = (lua_Integer)length;
  if (last - first >= MOST_VALUES) return luaL_error(L, "more than %d results", MOST_VALUES);
  if (last > first) charge(L, (uint64_t)(last - first));
  return call_original(L);
}

// MARK: formats

enum { DIRECTIVE = 20 };

// Replaces what `%s` shall show by its text without an address.
static int format(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length), *end = text + length;
  int argument = 1, given = lua_gettop(L);
  charge(L, length / 8);
  while (text < end) {
    if (*text++ != '%') continue;
    if (text < end && *text == '%') {
      text++;
      continue;
    }
    while (text < end && strchr("-+ #0123456789.", *text) && *text) text++;
    argument++;
    charge(L, DIRECTIVE);
    if (text >= end || argument > given) break;
    if (*text == 'p') return luaL_error(L, "format: '%%p' is not available in a sandbox");
    if (*text != 's') continue;
    clua_plain_text(L, argument);
    charge(L, lua_rawlen(L, -1) / 8);
    lua_replace(L, argument);
  }
  return call_original(L);
}

// `c1000000000` pads a string to that size.
static int pack(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length), *end = text + length;
  uint64_t padded = 0;
  charge(L, length);
  while (text < end) {
    if (*text++ != 'c') continue;
    uint64_t size = 0;
    for (; text < end && *text >= '0' && *text <= '9' && size <= LONGEST_STRING; text++)
      size = size * 10 + (uint64_t)(*text - '0');
    padded += size;
    if (padded > LONGEST_STRING) return luaL_error(L, "pack: the result is longer than a string may be");
  }
  return call_original(L);
}

static int pay_by_format(lua_State *L) {
  size_t length;
  luaL_checklstring(L, 1, &length);
  charge(L, length);
  return call_original(L);
}

static void guard(lua_State *L, const luaL_Reg *functions) {
  for (; functions->name; functions++) {
    lua_getfield(L, -1, functions->name);
    lua_pushcclosure(L, functions->func, 1);
    lua_setfield(L, -2, functions->name);
  }
}

void clua_open_guarded_strings(lua_State *L) {
  static const luaL_Reg strings[] = {
      {"byte", values_between}, {"format", format}, {"pack", pack}, {"packsize", pay_by_format},
      {"rep", repeat}, {"unpack", pay_by_format}, {NULL, NULL}};
  static const luaL_Reg texts[] = {{"codepoint", values_between}, {NULL, NULL}};
  lua_getglobal(L, "string");
  guard(L, strings);
  lua_pushnil(L);
  lua_setfield(L, -2, "dump");
  lua_getglobal(L, "utf8");
  guard(L, texts);
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 4);
}

void clua_open_sandbox_libraries(lua_State *L) {
  static const luaL_Reg libraries[] = {
      {LUA_GNAME, luaopen_base}, {LUA_COLIBNAME, luaopen_coroutine}, {LUA_TABLIBNAME, luaopen_table},
      {LUA_STRLIBNAME, luaopen_string}, {LUA_MATHLIBNAME, luaopen_math}, {LUA_UTF8LIBNAME, luaopen_utf8}, {NULL, NULL}};
  for (const luaL_Reg *library = libraries; library->name; library++) {
    luaL_requiref(L, library->name, library->func, 1);
    lua_pop(L, 1);
  }
  lua_newtable(L);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_newtable(L);
  lua_pushvalue(L, -2);
  lua_setmetatable(L, -2);
  clua_keep_metatables(L);
  lua_pop(L, 1);
  clua_open_control(L);
  clua_open_guarded_language(L);
  clua_open_strings(L);
  clua_open_tables(L);
  clua_open_guarded_strings(L);
  clua_open_patterns(L);
}
