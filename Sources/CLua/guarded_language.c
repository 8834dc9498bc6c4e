#include "host.h"
#include <stdlib.h>
#include <string.h>

// The functions of the language itself as scripts in a sandbox have them: text only, no finalizers, no addresses, and
// tables in an order that is the same in every run.

enum { LONGEST_CHUNK = 1 << 16, CHUNK_BYTE = 16 };

// MARK: keys in their order

typedef struct {
  int type;
  bool is_integer;
  lua_Integer integer;  // or a boolean
  lua_Number number;
  const char *text;
  size_t length;
  lua_Integer place;
} key;

static key key_at(lua_State *L, int index, lua_Integer place) {
  key k = {.type = lua_type(L, index), .place = place};
  switch (k.type) {
    case LUA_TNUMBER:
      k.is_integer = lua_isinteger(L, index);
      k.integer = lua_tointegerx(L, index, NULL);
      k.number = lua_tonumberx(L, index, NULL);
      break;
    case LUA_TSTRING: k.text = lua_tolstring(L, index, &k.length); break;
    case LUA_TBOOLEAN: k.integer = lua_toboolean(L, index); break;
    default: luaL_error(L, "a key is a %s, which has no order; numbers, strings and booleans have one",
                        lua_typename(L, k.type));
  }
  return k;
}

static int rank(const key *k) { return k->type == LUA_TNUMBER ? 0 : k->type == LUA_TSTRING ? 1 : 2; }

static int compare(const void *first, const void *second) {
  const key *a = first, *b = second;
  if (rank(a) != rank(b)) return rank(a) < rank(b) ? -1 : 1;
  if (a->type == LUA_TSTRING) {
    int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);
    return order ? order : (a->length > b->length) - (a->length < b->length);
  }
  if (a->type == LUA_TBOOLEAN || (a->is_integer && b->is_integer))
    return (a->integer > b->integer) - (a->integer < b->integer);
  return (a->number > b->number) - (a->number < b->number);
}

static uint64_t sorting(uint64_t n) {
  uint64_t steps = 1;
  for (uint64_t size = 1; size < n; size *= 2) steps++;
  return n * steps;
}

// Pushes a list of a table's keys in their order.
static void push_keys(lua_State *L, int table) {
  lua_newtable(L);
  int list = lua_gettop(L);
  lua_Integer count = 0;
  for (lua_pushnil(L); lua_next(L, table);) {
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    lua_rawseti(L, list, ++count);
  }
  charge(L, sorting((uint64_t)count));
  key *keys = lua_newuserdatauv(L, (size_t)(count ? count : 1) * sizeof(key), 0);
  memset(keys, 0, sizeof(key));
  for (lua_Integer place = 1; place <= count; place++) {
    lua_rawgeti(L, list, place);
    keys[place - 1] = key_at(L, -1, place);  // the list keeps its text alive
    lua_pop(L, 1);
  }
  qsort(keys, (size_t)count, sizeof(key), compare);
  lua_createtable(L, (int)count, 0);
  for (lua_Integer place = 1; place <= count; place++) {
    lua_rawgeti(L, list, keys[place - 1].place);
    lua_rawseti(L, -2, place);
  }
  lua_replace(L, list);
  lua_settop(L, list);
}

// Upvalues: the list of keys, the position in it.
static int next_pair(lua_State *L) {
  lua_Integer position = lua_tointeger(L, lua_upvalueindex(2));
  for (;;) {
    position++;
    if (lua_rawgeti(L, lua_upvalueindex(1), position) == LUA_TNIL) return 1;
    lua_pushvalue(L, -1);
    if (lua_rawget(L, 1) != LUA_TNIL) break;  // else it was taken away meanwhile
    lua_pop(L, 2);
    charge(L, 1);
  }
  lua_pushinteger(L, position);
  lua_replace(L, lua_upvalueindex(2));
  return 2;
}

static int take_results(lua_State *L, int status, lua_KContext context) {
  (void)L, (void)status, (void)context;
  return 3;
}

static int sorted_pairs(lua_State *L) {
  luaL_checkany(L, 1);
  if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
    lua_pushvalue(L, 1);
    lua_callk(L, 1, 3, 0, take_results);
    return 3;
  }
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  push_keys(L, 1);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_pair, 2);
  lua_pushvalue(L, 1);
  return 2;
}

// The key that follows in the order of `pairs`: it looks at all of them.
static int sorted_next(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 2);
  bool is_first = lua_isnil(L, 2), found = false;
  key given = {0}, best = {0};
  if (!is_first) given = key_at(L, 2, 0);
  lua_pushnil(L);  // the best so far
  uint64_t count = 0;
  for (lua_pushnil(L); lua_next(L, 1); count++) {
    lua_pop(L, 1);
    key k = key_at(L, -1, 0);
    if ((!is_first && compare(&k, &given) <= 0) || (found && compare(&k, &best) >= 0)) continue;
    best = k;
    found = true;
    lua_pushvalue(L, -1);
    lua_replace(L, 3);
  }
  charge(L, count);
  if (!found) return 1;
  lua_settop(L, 3);
  lua_pushvalue(L, 3);
  lua_rawget(L, 1);
  return 2;
}

// MARK: text

void clua_plain_text(lua_State *L, int index) {
  index = lua_absindex(L, index);
  int type = lua_type(L, index);
  if (luaL_getmetafield(L, index, "__tostring") != LUA_TNIL) {
    lua_pop(L, 1);
    luaL_tolstring(L, index, NULL);
    return;
  }
  int named = luaL_getmetafield(L, index, "__name");
  if (named == LUA_TSTRING) return;
  if (named != LUA_TNIL) lua_pop(L, 1);
  if (type == LUA_TNIL || type == LUA_TBOOLEAN || type == LUA_TNUMBER || type == LUA_TSTRING)
    luaL_tolstring(L, index, NULL);
  else
    lua_pushstring(L, lua_typename(L, type));
}

static int plain_tostring(lua_State *L) {
  luaL_checkany(L, 1);
  clua_plain_text(L, 1);
  return 1;
}

// The original lies in the upvalue.
static int guarded_tonumber(lua_State *L) {
  if (lua_type(L, 1) == LUA_TSTRING) charge(L, lua_rawlen(L, 1));
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

static int guarded_print(lua_State *L) {
  int count = lua_gettop(L);
  lua_pushvalue(L, lua_upvalueindex(1));
  for (int index = 1; index <= count; index++) {
    clua_plain_text(L, index);
    charge(L, 1 + lua_rawlen(L, -1));
  }
  lua_call(L, count, 0);
  return 0;
}

void clua_guard_print(lua_State *L) {
  lua_pushglobaltable(L);
  lua_pushliteral(L, "print");
  lua_pushliteral(L, "print");
  lua_rawget(L, -3);
  lua_pushcclosure(L, guarded_print, 1);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

// MARK: code and metatables

// Joins what a function returns until it is nil or empty.
static void read_pieces(lua_State *L) {
  luaL_Buffer text;
  size_t length = 0;
  luaL_buffinit(L, &text);
  for (;;) {
    charge(L, CHUNK_BYTE);
    lua_pushvalue(L, 1);
    lua_call(L, 0, 1);
    if (lua_isnil(L, -1)) {
      lua_pop(L, 1);
      break;
    }
    if (!lua_isstring(L, -1)) luaL_error(L, "reader function must return a string");
    length += lua_rawlen(L, -1);
    if (lua_rawlen(L, -1) == 0) {
      lua_pop(L, 1);
      break;
    }
    if (length > LONGEST_CHUNK) luaL_error(L, "load: the text is longer than %d bytes", LONGEST_CHUNK);
    luaL_addvalue(&text);
  }
  luaL_pushresult(&text);
  lua_replace(L, 1);
}

static int guarded_load(lua_State *L) {
  bool has_environment = !lua_isnone(L, 4);
  const char *name = luaL_optstring(L, 2, lua_type(L, 1) == LUA_TSTRING ? lua_tostring(L, 1) : "=(load)");
  const char *mode = luaL_optstring(L, 3, "bt");
  lua_settop(L, 4);
  if (lua_type(L, 1) != LUA_TSTRING) {
    luaL_checktype(L, 1, LUA_TFUNCTION);
    read_pieces(L);
  }
  size_t length;
  const char *text = lua_tolstring(L, 1, &length);
  if (length > LONGEST_CHUNK) return luaL_error(L, "load: the text is longer than %d bytes", LONGEST_CHUNK);
  charge(L, CHUNK_BYTE * length);
  if (luaL_loadbufferx(L, text, length, name, strchr(mode, 't') ? "t" : "") != LUA_OK) {
    lua_pushnil(L);
    lua_insert(L, -2);
    return 2;
  }
  if (has_environment) {
    lua_pushvalue(L, 4);
    if (!lua_setupvalue(L, -2, 1)) lua_pop(L, 1);
  }
  return 1;
}

static void refuse_field(lua_State *L, const char *name) {
  lua_pushstring(L, name);
  if (lua_rawget(L, 2) != LUA_TNIL) luaL_error(L, "setmetatable: '%s' is not available in a sandbox", name);
  lua_pop(L, 1);
}

// Finalizers run where no hook is called, and weak tables can keep the collector busy.
static int guarded_setmetatable(lua_State *L) {
  int type = lua_type(L, 2);
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return luaL_error(L, "cannot change a protected metatable");
  lua_settop(L, 2);
  if (type == LUA_TTABLE) {
    refuse_field(L, "__gc");
    refuse_field(L, "__mode");
    clua_note_metatable(L, 2);
  }
  lua_setmetatable(L, 1);
  return 1;
}

void clua_open_guarded_language(lua_State *L) {
  static const luaL_Reg functions[] = {
      {"load", guarded_load}, {"next", sorted_next}, {"pairs", sorted_pairs}, {"setmetatable", guarded_setmetatable},
      {"tostring", plain_tostring}, {NULL, NULL}};
  static const char *const removed[] = {"collectgarbage", "dofile", "loadfile", "require", "warn", NULL};
  lua_pushglobaltable(L);
  luaL_setfuncs(L, functions, 0);
  for (const char *const *name = removed; *name; name++) {
    lua_pushnil(L);
    lua_setfield(L, -2, *name);
  }
  lua_getfield(L, -1, "tonumber");
  lua_pushcclosure(L, guarded_tonumber, 1);
  lua_setfield(L, -2, "tonumber");
  lua_pop(L, 1);
}
