#include "host.h"

// Lua's own pcall, xpcall and coroutine functions with two changes: an interrupt passes through them, and the host
// knows which coroutine runs.

static int finish_pcall(lua_State *L, int status, lua_KContext below) {
  if (LIKELY(status == LUA_OK || status == LUA_YIELD)) return lua_gettop(L) - (int)below;
  clua_host *h = host_of(L);
  h->keep_traceback = false;
  if (is_interrupted(h)) return lua_error(L);
  lua_pushboolean(L, 0);
  lua_insert(L, -2);
  return 2;
}

static int protected_call(lua_State *L) {
  luaL_checkany(L, 1);
  lua_pushboolean(L, 1);
  lua_insert(L, 1);
  return finish_pcall(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish_pcall), 0);
}

// An error raised by a hook calls the message handler with hooks off: a looping Lua handler could not be stopped.
static int guarded_handler(lua_State *L) {
  if (is_interrupted(host_of(L))) return 1;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

static int protected_call_with_handler(lua_State *L) {
  int count = lua_gettop(L);
  luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_pushvalue(L, 2);
  lua_pushcclosure(L, guarded_handler, 1);
  lua_replace(L, 2);
  lua_pushboolean(L, 1);
  lua_pushvalue(L, 1);
  lua_rotate(L, 3, 2);
  return finish_pcall(L, lua_pcallk(L, count - 2, LUA_MULTRET, 2, 2, finish_pcall), 2);
}

bool clua_catches_errors(lua_CFunction function) {
  return function == protected_call || function == protected_call_with_handler;
}

// Coroutines that an interrupt ended. Lua leaves their hooks off, so what they would still close could not be stopped.
static const char stopped_coroutines = 0;

static void mark_stopped(lua_State *L, int place) {
  lua_pushvalue(L, place);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &stopped_coroutines);
  lua_insert(L, -2);
  lua_pushboolean(L, 1);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

static bool was_stopped(lua_State *L, int place) {
  lua_pushvalue(L, place);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &stopped_coroutines);
  lua_insert(L, -2);
  bool was = lua_rawget(L, -2) != LUA_TNIL;
  lua_pop(L, 2);
  return was;
}

// Moves `count` arguments to `co`, which lies at `place`, runs it and moves the results back. Returns -1 with an error
// value on top.
static int resume(lua_State *L, lua_State *co, int place, int count) {
  clua_host *h = host_of(L);
  if (!lua_checkstack(co, count)) {
    lua_pushliteral(L, "too many arguments to resume");
    return -1;
  }
  lua_xmove(L, co, count);
  lua_State *outer = h->running;
  int results;
  h->running = co;
  int status = lua_resume(co, L, count, &results);
  h->running = outer;
  if (UNLIKELY(is_interrupted(h))) {
    if (status != LUA_OK && status != LUA_YIELD) mark_stopped(L, place);
    clua_raise_interrupt(L);
  }
  if (status != LUA_OK && status != LUA_YIELD) {
    lua_xmove(co, L, 1);
    return -1;
  }
  if (!lua_checkstack(L, results + 1)) {
    lua_pop(co, results);
    lua_pushliteral(L, "too many results to resume");
    return -1;
  }
  lua_xmove(co, L, results);
  return results;
}

static int coroutine_resume(lua_State *L) {
  lua_State *co = lua_tothread(L, 1);
  luaL_argexpected(L, co, 1, "coroutine");
  int results = resume(L, co, 1, lua_gettop(L) - 1);
  lua_pushboolean(L, results >= 0);
  if (results < 0) {
    host_of(L)->keep_traceback = false;  // the error ends here, as a value
    results = 1;
  }
  lua_insert(L, -(results + 1));
  return results + 1;
}

// Keeps the traceback of the coroutine: the stack of the caller does not show where it failed.
static void keep_traceback_of(lua_State *L, lua_State *co) {
  clua_host *h = host_of(L);
  if (h->keep_traceback) return;
  luaL_traceback(L, co, NULL, 0);
  clua_set_traceback(L, lua_tostring(L, -1));
  lua_pop(L, 1);
  h->keep_traceback = true;
}

// Closes the pending variables of a coroutine. They run on its stack, so that is where an interrupt must reach.
static int reset(lua_State *L, lua_State *co) {
  clua_host *h = host_of(L);
  lua_State *outer = h->running;
  h->running = co;
  int status = lua_resetthread(co);
  h->running = outer;
  if (UNLIKELY(is_interrupted(h))) clua_raise_interrupt(L);
  return status;
}

static int call_wrapped(lua_State *L) {
  lua_State *co = lua_tothread(L, lua_upvalueindex(1));
  int results = resume(L, co, lua_upvalueindex(1), lua_gettop(L));
  if (results >= 0) return results;
  int status = lua_status(co);
  if (status != LUA_OK && status != LUA_YIELD) {
    keep_traceback_of(L, co);
    status = reset(L, co);  // a variable's `__close` may replace the error
    lua_xmove(co, L, 1);
  }
  if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
    luaL_where(L, 1);
    lua_insert(L, -2);
    lua_concat(L, 2);
  }
  return lua_error(L);
}

// What a coroutine that is not dead and not suspended does; NULL for any other.
static const char *activity(lua_State *L, lua_State *co) {
  lua_Debug frame;
  if (L == co) return "running";
  return lua_status(co) == LUA_OK && lua_getstack(co, 0, &frame) ? "normal" : NULL;
}

static int coroutine_close(lua_State *L) {
  lua_State *co = lua_tothread(L, 1);
  luaL_argexpected(L, co, 1, "coroutine");
  const char *doing = activity(L, co);
  if (doing) return luaL_error(L, "cannot close a %s coroutine", doing);
  if (was_stopped(L, 1)) return luaL_error(L, "cannot close a coroutine that was interrupted");
  if (reset(L, co) == LUA_OK) {
    lua_pushboolean(L, 1);
    return 1;
  }
  lua_pushboolean(L, 0);
  lua_xmove(co, L, 1);
  return 2;
}

// Each coroutine counts its steps anew, so a short one may run as many as these for nothing.
enum { CREATION = 100 };

static int coroutine_create(lua_State *L) {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  charge(L, CREATION);
  lua_State *co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  return 1;
}

static int coroutine_wrap(lua_State *L) {
  coroutine_create(L);
  lua_pushcclosure(L, call_wrapped, 1);
  return 1;
}

void clua_open_control(lua_State *L) {
  static const luaL_Reg base[] = {{"pcall", protected_call}, {"xpcall", protected_call_with_handler}, {NULL, NULL}};
  static const luaL_Reg coroutines[] = {
      {"resume", coroutine_resume}, {"create", coroutine_create}, {"wrap", coroutine_wrap}, {"close", coroutine_close},
      {NULL, NULL}};
  lua_pushglobaltable(L);
  luaL_setfuncs(L, base, 0);
  lua_getfield(L, -1, "coroutine");
  luaL_setfuncs(L, coroutines, 0);
  lua_pop(L, 2);
  lua_createtable(L, 0, 0);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &stopped_coroutines);
}
