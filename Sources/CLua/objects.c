#include "host.h"

void *clua_object_at(lua_State *L, int index, const void *class_id) {
  box *b = box_at(L, index);
  return b && b->class_id == class_id ? b->object : NULL;
}

const void *clua_class_at(lua_State *L, int index) {
  box *b = box_at(L, index);
  return b ? b->class_id : NULL;
}

void clua_release_object(clua_host *h, void *object) {
  h->swift_depth++;  // the release may run a Swift deinit
  h->release(object);
  h->swift_depth--;
}

void clua_close_object(lua_State *L, int index) {
  clua_host *h = host_of(L);
  box *b = box_at(L, index);
  if (!b || !b->object) return;
  void *object = b->object;
  b->object = NULL;
  h->offheap_bytes -= b->bytes;
  b->bytes = 0;
  if (b->pins == 0) clua_release_object(h, object);  // else the last call that uses it does
}

static int close_object(lua_State *L) {
  clua_close_object(L, 1);
  return 0;
}

// Two boxes are equal when they hold the same native object: each crossing makes a new box.
static int same_object(lua_State *L) {
  box *a = box_at(L, 1), *b = box_at(L, 2);
  lua_pushboolean(L, a && b && a->object && a->object == b->object);
  return 1;
}

void clua_new_class(lua_State *L, const void *class_id, const char *name) {
  lua_createtable(L, 0, 24);
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__name");
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__metatable");  // what getmetatable gives; setmetatable refuses
  lua_pushcfunction(L, close_object);
  lua_setfield(L, -2, "__gc");
  lua_pushcfunction(L, close_object);
  lua_setfield(L, -2, "__close");
  lua_pushcfunction(L, same_object);
  lua_setfield(L, -2, "__eq");
  lua_pushvalue(L, -1);
  lua_rawsetp(L, LUA_REGISTRYINDEX, class_id);
}

bool clua_push_object(lua_State *L, const void *class_id, void *object, size_t bytes) {
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, class_id) != LUA_TTABLE) {
    lua_pop(L, 1);
    return false;
  }
  clua_host *h = host_of(L);
  box *b = lua_newuserdatauv(L, sizeof(box), 0);
  *b = (box){BOX_MARK, class_id, object, bytes, 0};
  lua_insert(L, -2);
  lua_setmetatable(L, -2);
  h->offheap_bytes += bytes;
  h->offheap_debt += bytes;
  if (h->offheap_debt >= 4 << 20) h->pending = true;
  return true;
}

bool clua_may_allocate(lua_State *L, size_t bytes) {
  clua_host *h = host_of(L);
  size_t limit = h->offheap_limit + h->meter.given_bytes;
  if (bytes <= limit && h->offheap_bytes <= limit - bytes) return true;
  clua_collect_garbage(L, h);
  return bytes <= limit && h->offheap_bytes <= limit - bytes;
}

// Whether the keys of a table are 1...n and nothing else: `#` would leave out what lies under any other key.
bool clua_is_list(lua_State *L, int index) {
  if (!lua_checkstack(L, 3)) return false;
  index = lua_absindex(L, index);
  lua_Integer n = (lua_Integer)lua_rawlen(L, index), count = 0;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    lua_Integer key = lua_isinteger(L, -2) ? lua_tointegerx(L, -2, NULL) : 0;
    if (key < 1 || key > n) {
      lua_pop(L, 2);
      return false;
    }
    count++;
    lua_pop(L, 1);
  }
  return count == n;
}
