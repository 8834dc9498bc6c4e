#include "host.h"

enum { GC_STEP_BYTES = 4 << 20 };

void clua_push_where(lua_State *L) {
  lua_Debug frame, library;
  library.currentline = 0;
  for (int level = 1; lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "Sl", &frame);
    if (frame.currentline <= 0) continue;
    if (!clua_is_library_frame(host_of(L), &frame)) {
      lua_pushfstring(L, "%s:%d: ", frame.short_src, frame.currentline);
      return;
    }
    if (library.currentline == 0) library = frame;
  }
  if (library.currentline > 0)
    lua_pushfstring(L, "%s:%d: ", library.short_src, library.currentline);
  else
    lua_pushliteral(L, "");
}

// Native memory behind userdata is invisible to the collector: it is told of every 4 MiB as if Lua had allocated them.
int clua_after_callback(lua_State *L, clua_host *h, void *binding) {
  h->pending = is_sandbox(h);
  if (is_sandbox(h)) clua_charge_call(L, h);
  if (h->offheap_debt >= GC_STEP_BYTES && !is_sandbox(h)) {
    int kilobytes = h->offheap_debt >> 10 > 1 << 30 ? 1 << 30 : (int)(h->offheap_debt >> 10);
    h->offheap_debt = 0;
    lua_gc(L, LUA_GCSTEP, kilobytes);
  }
  if (h->heap_overrun) {
    h->heap_overrun = false;
    lua_gc(L, LUA_GCCOLLECT);
    if (h->heap_limit && h->heap_bytes > h->heap_limit) luaL_error(L, "not enough memory");
  }
  if (is_interrupted(h)) clua_raise_interrupt(L);
  if (!*h->overrun) return 0;
  clua_collect_garbage(L, h);
  return *h->overrun ? h->refuse(L, binding) : 0;
}

int clua_fail(lua_State *L, clua_host *h, int status) {
  if (is_sandbox(h)) clua_look(L, h);  // a loop that was stopped by the clock fails like any other
  if (is_interrupted(h) && status == CLUA_ERROR) return clua_raise_interrupt(L);
  if (status == CLUA_RETHROW) {
    h->keep_traceback = true;
    return lua_error(L);
  }
  clua_push_where(L);
  lua_insert(L, -2);
  lua_concat(L, 2);
  return lua_error(L);
}

static int trampoline(lua_State *L) { return enter(L, lua_touserdata(L, lua_upvalueindex(1))); }

void clua_push_binding(lua_State *L, void *binding) {
  lua_pushlightuserdata(L, binding);
  lua_pushcclosure(L, trampoline, 1);
}

void *clua_binding_at(lua_State *L, int index) {
  if (lua_tocfunction(L, index) != trampoline) return clua_scalar_binding_at(L, index);
  lua_getupvalue(L, index, 1);
  void *binding = lua_touserdata(L, -1);
  lua_pop(L, 1);
  return binding;
}

// The tables of a class hold properties as handles: full userdata, which no script can make or write into. A script
// that gets hold of such a table, by the debug library, may move a handle or put a light userdata in its place; the first
// is a property of another class, whose binding refuses the object, and the second is no handle.
typedef struct {
  uint64_t mark;
  void *binding;
} handle;

#define HANDLE_MARK UINT64_C(0x66656c756168646c)

void clua_push_handle(lua_State *L, void *binding) {
  handle *h = lua_newuserdatauv(L, sizeof(handle), 0);
  *h = (handle){HANDLE_MARK, binding};
}

static void *handle_at(lua_State *L, int index) {
  if (lua_type(L, index) != LUA_TUSERDATA) return NULL;
  const handle *h = lua_touserdata(L, index);
  return h->mark == HANDLE_MARK ? h->binding : NULL;
}

// Upvalues: members (a name to a method, or to the handle of a property), fallback binding. A method is found without
// entering Swift. No function of a script can change an upvalue of a C function.
static int object_index(lua_State *L) {
  lua_pushvalue(L, 2);
  if (LIKELY(lua_rawget(L, lua_upvalueindex(1)) == LUA_TFUNCTION)) return 1;
  void *getter = handle_at(L, 3);
  lua_settop(L, 2);
  return enter(L, getter ? getter : lua_touserdata(L, lua_upvalueindex(2)));
}

// Upvalues: setters (name to handle), fallback binding.
static int object_newindex(lua_State *L) {
  if (lua_type(L, 2) == LUA_TSTRING) {
    lua_pushvalue(L, 2);
    lua_rawget(L, lua_upvalueindex(1));
    void *setter = handle_at(L, 4);
    lua_settop(L, 3);
    if (setter) return enter(L, setter);
  }
  return enter(L, lua_touserdata(L, lua_upvalueindex(2)));
}

void clua_push_index(lua_State *L, void *fallback) {
  lua_pushlightuserdata(L, fallback);
  lua_pushcclosure(L, object_index, 2);
}

void clua_push_newindex(lua_State *L, void *fallback) {
  lua_pushlightuserdata(L, fallback);
  lua_pushcclosure(L, object_newindex, 2);
}
