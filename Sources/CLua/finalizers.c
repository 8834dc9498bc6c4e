#include "host.h"

// Lua calls `__gc` with hooks off, so nothing could stop a loop in it. In a coroutine of its own, hooks are on.

static int run_finalizer(lua_State *L) {
  clua_host *h = host_of(L);
  lua_State *co = lua_newthread(L), *outer = h->running;
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 2);
  int results;
  h->running = co;
  int status = lua_resume(co, L, 1, &results);
  h->running = outer;
  if (UNLIKELY(is_interrupted(h))) clua_raise_interrupt(L);
  if (status == LUA_OK) return 0;
  if (status == LUA_YIELD) return luaL_error(L, "attempt to yield inside of __gc");
  lua_xmove(co, L, 1);
  return lua_error(L);
}

// As Lua's own, but that a function `__gc` of the metatable becomes one that can be interrupted.
static int set_metatable(lua_State *L) {
  int type = lua_type(L, 2);
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
  if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return luaL_error(L, "cannot change a protected metatable");
  lua_settop(L, 2);
  if (type == LUA_TTABLE) {
    lua_pushliteral(L, "__gc");
    if (lua_rawget(L, 2) == LUA_TFUNCTION && lua_tocfunction(L, -1) != run_finalizer) {
      lua_pushcclosure(L, run_finalizer, 1);
      lua_pushliteral(L, "__gc");
      lua_insert(L, -2);
      lua_rawset(L, 2);
    }
    lua_settop(L, 2);
  }
  lua_setmetatable(L, 1);
  return 1;
}

void clua_open_finalizers(lua_State *L) {
  lua_pushcfunction(L, set_metatable);
  lua_setglobal(L, "setmetatable");
}
