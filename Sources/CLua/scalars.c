#include "host.h"

// Reads an argument that is of the kind already; any other is for the binding to convert or refuse.
static inline bool read_scalar(lua_State *L, int index, clua_kind kind, clua_scalar *value) {
  if (kind == CLUA_INTEGER) {
    if (UNLIKELY(!lua_isinteger(L, index))) return false;
    value->integer = lua_tointegerx(L, index, NULL);
    return true;
  }
  if (UNLIKELY(lua_type(L, index) != (kind == CLUA_BOOLEAN ? LUA_TBOOLEAN : LUA_TNUMBER))) return false;
  if (kind == CLUA_DOUBLE)
    value->number = lua_tonumberx(L, index, NULL);
  else if (kind == CLUA_FLOAT)
    value->single = (float)lua_tonumberx(L, index, NULL);
  else
    value->boolean = lua_toboolean(L, index);
  return true;
}

static inline int write_scalar(lua_State *L, clua_kind kind, clua_scalar value) {
  if (kind == CLUA_NOTHING) return 0;
  if (kind == CLUA_INTEGER)
    lua_pushinteger(L, value.integer);
  else if (kind == CLUA_BOOLEAN)
    lua_pushboolean(L, value.boolean);
  else
    lua_pushnumber(L, kind == CLUA_DOUBLE ? value.number : (double)value.single);
  return 1;
}

// The call holds no reference to its object. The box is an argument, so the collector leaves it alone; a pin makes
// `close` leave the release to the last call that uses the object.
static inline int run(lua_State *L, clua_host *h, const clua_scalar_function *f, box *b, clua_scalar *values) {
  void *object = b ? b->object : NULL;
  if (b) b->pins++;
  int depth = h->swift_depth;
  h->swift_depth = depth + 1;
  int status = f->body(L, f->binding, object, values);
  if (b && --b->pins == 0 && UNLIKELY(b->object != object)) clua_release_object(h, object);
  h->swift_depth = depth;  // every Swift frame of this call is gone: raising is safe from here
  return status;
}

static int call_scalars(lua_State *L) {
  const clua_scalar_function *f = lua_touserdata(L, lua_upvalueindex(1));
  box *b = NULL;
  if (f->class_id) {
    b = box_at(L, 1);
    if (UNLIKELY(!b || b->class_id != f->class_id || !b->object)) return enter(L, f->binding);
  }
  clua_scalar values[CLUA_SCALARS];
  int first = f->class_id ? 2 : 1;
  for (int i = 0; i < f->count; i++)
    if (UNLIKELY(!read_scalar(L, first + i, f->arguments[i], &values[i]))) return enter(L, f->binding);
  clua_host *h = host_of(L);
  int status = run(L, h, f, b, values);
  if (LIKELY(status == 0)) status = write_scalar(L, f->result, values[0]);
  return leave(L, h, f->binding, status);
}

void clua_push_scalar_function(lua_State *L, const clua_scalar_function *function) {
  lua_pushlightuserdata(L, (void *)function);
  lua_pushcclosure(L, call_scalars, 1);
}

void *clua_scalar_binding_at(lua_State *L, int index) {
  if (lua_tocfunction(L, index) != call_scalars) return NULL;
  lua_getupvalue(L, index, 1);
  const clua_scalar_function *function = lua_touserdata(L, -1);
  lua_pop(L, 1);
  return function->binding;
}
