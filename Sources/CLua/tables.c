#include "host.h"
#include <limits.h>

// The table library. Its loops run in C for as long as a table, or its `__len`, says: so each asks for the length once,
// and pays for its steps.

enum { STEPS_BETWEEN_LOOKS = 64, STEP = 4, MOST_SORTED = 1 << 24 };

static void pay(lua_State *L, lua_Integer step) {
  if (step % STEPS_BETWEEN_LOOKS == 0) charge(L, STEPS_BETWEEN_LOOKS * STEP);
}

static void check_table(lua_State *L, int index, const char *event) {
  if (lua_istable(L, index)) return;
  if (luaL_getmetafield(L, index, event) == LUA_TNIL) luaL_checktype(L, index, LUA_TTABLE);
  lua_pop(L, 1);
}

static int insert(lua_State *L) {
  check_table(L, 1, "__newindex");
  lua_Integer end = luaL_intop(+, luaL_len(L, 1), 1), position = end;
  int count = lua_gettop(L);
  if (count != 2 && count != 3) return luaL_error(L, "wrong number of arguments to 'insert'");
  if (count == 3) {
    position = luaL_checkinteger(L, 2);
    luaL_argcheck(L, position >= 1 && position <= end, 2, "position out of bounds");
  }
  for (lua_Integer i = end; i > position; i--) {
    pay(L, end - i);
    lua_geti(L, 1, i - 1);
    lua_seti(L, 1, i);
  }
  lua_seti(L, 1, position);
  return 0;
}

static int take_out(lua_State *L) {
  check_table(L, 1, "__newindex");
  lua_Integer size = luaL_len(L, 1), position = luaL_optinteger(L, 2, size);
  if (lua_gettop(L) > 1 && position != size)
    luaL_argcheck(L, position >= 1 && position <= luaL_intop(+, size, 1), 2, "position out of bounds");
  lua_settop(L, 1);
  lua_geti(L, 1, position);
  for (lua_Integer i = position; i < size; i++) {
    pay(L, i - position);
    lua_geti(L, 1, i + 1);
    lua_seti(L, 1, i);
  }
  lua_pushnil(L);
  lua_seti(L, 1, position < size ? size : position);
  return 1;
}

static int concat(lua_State *L) {
  check_table(L, 1, "__index");
  size_t separator_length, length = 0;
  const char *separator = luaL_optlstring(L, 2, "", &separator_length);
  lua_Integer first = luaL_optinteger(L, 3, 1);
  lua_Integer last = lua_isnoneornil(L, 4) ? luaL_len(L, 1) : luaL_checkinteger(L, 4);
  bool is_bounded = is_sandbox(host_of(L));
  luaL_Buffer text;
  luaL_buffinit(L, &text);
  for (lua_Integer i = first; i <= last; i++) {
    pay(L, i - first);
    lua_geti(L, 1, i);
    if (!lua_isstring(L, -1))
      return luaL_error(
          L, "invalid value (%s) at index %I in table for 'concat'", luaL_typename(L, -1), (LUAI_UACINT)i);
    size_t piece;
    lua_tolstring(L, -1, &piece);
    length += piece + separator_length;
    if (is_bounded && length > LONGEST_STRING + separator_length)
      return luaL_error(L, "concat: the result is longer than a string may be");
    luaL_addvalue(&text);
    if (i < last) luaL_addlstring(&text, separator, separator_length);
    if (i == LUA_MAXINTEGER) break;
  }
  luaL_pushresult(&text);
  return 1;
}

static int move(lua_State *L) {
  lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3), to = luaL_checkinteger(L, 4);
  int target = lua_isnoneornil(L, 5) ? 1 : 5;
  check_table(L, 1, "__index");
  check_table(L, target, "__newindex");
  if (last >= first) {
    luaL_argcheck(L, first > 0 || last < LUA_MAXINTEGER + first, 3, "too many elements to move");
    lua_Integer count = last - first + 1;
    luaL_argcheck(L, to <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
    bool overlaps = to > first && to <= last && (target == 1 || lua_rawequal(L, 1, target));
    for (lua_Integer step = 0; step < count; step++) {
      lua_Integer i = overlaps ? count - 1 - step : step;
      pay(L, step);
      lua_geti(L, 1, first + i);
      lua_seti(L, target, to + i);
    }
  }
  lua_pushvalue(L, target);
  return 1;
}

static int unpack(lua_State *L) {
  lua_Integer first = luaL_optinteger(L, 2, 1);
  lua_Integer last = lua_isnoneornil(L, 3) ? luaL_len(L, 1) : luaL_checkinteger(L, 3);
  if (first > last) return 0;
  lua_Unsigned count = (lua_Unsigned)last - (lua_Unsigned)first;
  if (count >= (is_sandbox(host_of(L)) ? MOST_VALUES : INT_MAX) || !lua_checkstack(L, (int)count + 1)) return luaL_error(L, "too many results to unpack");
  charge(L, count);
  for (lua_Unsigned i = 0; i <= count; i++) lua_geti(L, 1, (lua_Integer)((lua_Unsigned)first + i));
  return (int)count + 1;
}

// Whether the value on top comes before the one below it; removes both.
static bool comes_before(lua_State *L) {
  bool before;
  if (lua_isnil(L, 2)) {
    before = lua_compare(L, -1, -2, LUA_OPLT);
    lua_pop(L, 2);
    return before;
  }
  lua_pushvalue(L, 2);
  lua_insert(L, -3);
  lua_insert(L, -2);
  lua_call(L, 2, 1);
  before = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return before;
}

// Merges two runs of the list at `from` into the list at `to`. Equal elements keep their order.
static void merge(lua_State *L, int from, int to, lua_Integer left, lua_Integer middle, lua_Integer right) {
  lua_Integer a = left, b = middle;
  for (lua_Integer place = left; place < right; place++) {
    pay(L, place);
    bool takes_right = a >= middle;
    if (a < middle && b < right) {
      lua_rawgeti(L, from, a);
      lua_rawgeti(L, from, b);
      takes_right = comes_before(L);
    }
    lua_rawgeti(L, from, takes_right ? b++ : a++);
    lua_rawseti(L, to, place);
  }
}

// The original draws its pivots from the clock, so that what it makes of equal elements changes from run to run.
static int sort(lua_State *L) {
  check_table(L, 1, "__index");
  lua_Integer count = luaL_len(L, 1);
  if (count < 2) return 0;
  luaL_argcheck(L, count < (is_sandbox(host_of(L)) ? MOST_SORTED : INT_MAX), 1, "array too big");
  if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  lua_newtable(L);
  lua_newtable(L);
  for (lua_Integer i = 1; i <= count; i++) {
    pay(L, i);
    lua_geti(L, 1, i);
    lua_rawseti(L, 3, i);
  }
  int from = 3, to = 4;
  for (lua_Integer width = 1; width < count; width *= 2) {
    for (lua_Integer left = 1; left <= count; left += 2 * width) {
      lua_Integer middle = left + width, right = left + 2 * width;
      if (middle > count + 1) middle = count + 1;
      if (right > count + 1) right = count + 1;
      merge(L, from, to, left, middle, right);
    }
    from = 7 - from, to = 7 - to;
  }
  for (lua_Integer i = 1; i <= count; i++) {
    pay(L, i);
    lua_rawgeti(L, from, i);
    lua_seti(L, 1, i);
  }
  return 0;
}

void clua_open_tables(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"insert", insert}, {"remove", take_out}, {"concat", concat}, {"move", move}, {"unpack", unpack}, {"sort", sort},
      {NULL, NULL}};
  lua_getglobal(L, "table");
  luaL_setfuncs(L, functions, 0);
  lua_pop(L, 1);
}
