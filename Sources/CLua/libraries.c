#include "host.h"
#include <stdio.h>
#include <string.h>

// What the standard libraries offer that could crash the host or make two runs differ is replaced or taken away.

enum { BYTES_OF_A_PIECE = 1 << 20 };

// Gives the next piece of the text in the first upvalue. The second is where it begins. Looks at the interrupt.
static int next_piece(lua_State *L) {
  size_t length, start = (size_t)lua_tointeger(L, lua_upvalueindex(2));
  const char *text = lua_tolstring(L, lua_upvalueindex(1), &length);
  if (start >= length) return 0;
  size_t size = length - start < BYTES_OF_A_PIECE ? length - start : BYTES_OF_A_PIECE;
  charge(L, size);
  lua_pushinteger(L, (lua_Integer)(start + size));
  lua_replace(L, lua_upvalueindex(2));
  lua_pushlstring(L, text + start, size);
  return 1;
}

// Compiling runs in C for as long as a text is: so a long text, the first argument, is given in pieces.
static void divide_long_text(lua_State *L) {
  if (lua_type(L, 1) != LUA_TSTRING || lua_rawlen(L, 1) <= BYTES_OF_A_PIECE) return;
  if (lua_gettop(L) < 2) lua_settop(L, 2);
  if (lua_isnil(L, 2)) {
    lua_pushvalue(L, 1);  // a text without a name is named by its beginning
    lua_replace(L, 2);
  }
  lua_pushvalue(L, 1);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_piece, 2);
  lua_replace(L, 1);
}

// Calls the function in the first upvalue with a mode that refuses bytecode, the argument at `position`: bytecode can
// crash Lua. A mode without "t" leaves nothing that may be loaded.
static int load_text(lua_State *L, int position) {
  const char *mode = luaL_optstring(L, position, "bt");
  if (lua_gettop(L) < position) lua_settop(L, position);  // a missing environment stays missing
  lua_pushstring(L, strchr(mode, 't') ? "t" : "");
  lua_replace(L, position);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

static int load_text_chunk(lua_State *L) {
  divide_long_text(L);
  return load_text(L, 3);
}

static int load_text_file(lua_State *L) { return load_text(L, 2); }

static int give_results(lua_State *L, int status, lua_KContext context) {
  (void)status, (void)context;
  return lua_gettop(L) - 1;
}

static int do_text_file(lua_State *L) {
  lua_settop(L, 1);
  if (luaL_loadfilex(L, luaL_optstring(L, 1, NULL), "t") != LUA_OK) return lua_error(L);
  lua_callk(L, 0, LUA_MULTRET, 0, give_results);
  return give_results(L, LUA_OK, 0);
}

// Warnings tell of errors that nobody can catch, those of `__gc`: so they are on until a script turns them off.
static void warn(void *data, const char *message, int continues) {
  clua_host *h = data;
  if (!h->warning_continues && !continues && *message == '@') {
    if (strcmp(message, "@off") == 0) h->warnings_off = true;
    if (strcmp(message, "@on") == 0) h->warnings_off = false;
    return;
  }
  if (!h->warnings_off && !is_interrupted(h)) {
    if (!h->warning_continues) fputs("fedlua: warning: ", stderr);
    fprintf(stderr, continues ? "%s" : "%s\n", message);
  }
  h->warning_continues = continues;
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
  clua_open_strings(L);
  clua_open_tables(L);
  clua_open_patterns(L);
  lua_setwarnf(L, warn, host_of(L));
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

bool clua_loses_output(void) { return fflush(stdout) != 0 || ferror(stdout) != 0; }

void clua_write_lines_at_once(void) { setvbuf(stdout, NULL, _IOLBF, 0); }
