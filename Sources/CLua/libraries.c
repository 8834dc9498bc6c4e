#include "host.h"

// What the standard libraries offer that could crash the host or make two runs differ is replaced or taken away.

// Calls the function in the first upvalue with "t" as mode, the argument at `position`: bytecode can crash Lua.
static int load_text(lua_State *L, int position) {
  if (lua_gettop(L) < position) lua_settop(L, position);  // a missing environment stays missing
  lua_pushliteral(L, "t");
  lua_replace(L, position);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

static int load_text_chunk(lua_State *L) { return load_text(L, 3); }
static int load_text_file(lua_State *L) { return load_text(L, 2); }

static int do_text_file(lua_State *L) {
  lua_settop(L, 1);
  if (luaL_loadfilex(L, luaL_optstring(L, 1, NULL), "t") != LUA_OK) return lua_error(L);
  lua_call(L, 0, LUA_MULTRET);
  return lua_gettop(L) - 1;
}

// Replaces a function of the table on top by one that has it as upvalue.
static void wrap(lua_State *L, const char *name, lua_CFunction function) {
  lua_getfield(L, -1, name);
  lua_pushcclosure(L, function, 1);
  lua_setfield(L, -2, name);
}

static void remove_fields(lua_State *L, const char *library, const char *const *names) {
  lua_getglobal(L, library);
  for (; *names; names++) {
    lua_pushnil(L);
    lua_setfield(L, -2, *names);
  }
  lua_pop(L, 1);
}

void clua_open_libraries(lua_State *L) {
  static const char *const unsafe_debug[] = {"debug", "getregistry", "setcstacklimit", "sethook", "setlocal",
      "setmetatable", "setupvalue", "setuservalue", "upvaluejoin", NULL};
  static const char *const unsafe_package[] = {"loadlib", "cpath", NULL};
  luaL_openlibs(L);
  remove_fields(L, "debug", unsafe_debug);
  remove_fields(L, "package", unsafe_package);
  lua_pushglobaltable(L);
  wrap(L, "load", load_text_chunk);
  wrap(L, "loadfile", load_text_file);
  lua_pushcfunction(L, do_text_file);
  lua_setfield(L, -2, "dofile");
  lua_pop(L, 1);
}

// math.random starts from a fixed seed, and randomseed never takes the clock: a script runs the same way twice.
static int random_seed(lua_State *L) {
  luaL_argcheck(L, !lua_isnoneornil(L, 1), 1, "a seed is needed: runs must be repeatable");
  int count = lua_gettop(L);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, count, 0);
  return 0;
}

void clua_open_random(lua_State *L, uint64_t seed) {
  lua_getglobal(L, "math");
  lua_getfield(L, -1, "randomseed");
  lua_pushvalue(L, -1);
  lua_pushinteger(L, (lua_Integer)seed);
  lua_pushinteger(L, 0);
  lua_call(L, 2, 0);
  lua_pushcclosure(L, random_seed, 1);
  lua_setfield(L, -2, "randomseed");
  lua_pop(L, 1);
}
