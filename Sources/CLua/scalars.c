#include "host.h"

// Reads an argument that is of the kind already; any other is for the binding to convert or refuse.
__attribute__((always_inline)) static inline bool read_scalar(lua_State *L, int index, clua_kind kind, clua_scalar *value) {
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
__attribute__((always_inline)) static inline int run(lua_State *L, clua_host *h, const clua_scalar_function *f, box *b, clua_scalar *values) {
  void *object = b ? b->object : NULL;
  if (b) b->pins++;
  int depth = h->swift_depth;
  h->swift_depth = depth + 1;
  int status = f->body(L, f->binding, object, values);
  if (b && --b->pins == 0 && UNLIKELY(b->object != object)) clua_release_object(h, object);
  h->swift_depth = depth;  // every Swift frame of this call is gone: raising is safe from here
  return status;
}

// `takes_object` and `count` are constants wherever this is used: so each use is straight code.
__attribute__((always_inline)) static inline int call(lua_State *L, bool takes_object, int count) {
  const clua_scalar_function *f = lua_touserdata(L, lua_upvalueindex(1));
  box *b = NULL;
  if (takes_object) {
    b = box_at(L, 1);
    if (UNLIKELY(!b || b->class_id != f->class_id || !b->object)) return enter(L, f->binding);
  }
  if (UNLIKELY(lua_gettop(L) > count + takes_object)) return enter(L, f->binding);
  clua_scalar values[CLUA_SCALARS];
  int first = takes_object ? 2 : 1;
  if (count > 0 && UNLIKELY(!read_scalar(L, first, f->arguments[0], &values[0]))) return enter(L, f->binding);
  if (count > 1 && UNLIKELY(!read_scalar(L, first + 1, f->arguments[1], &values[1]))) return enter(L, f->binding);
  clua_host *h = host_of(L);
  int status = run(L, h, f, b, values);
  if (LIKELY(status == 0)) status = write_scalar(L, f->result, values[0]);
  return leave(L, h, f->binding, status);
}

static int function_of_none(lua_State *L) { return call(L, false, 0); }
static int function_of_one(lua_State *L) { return call(L, false, 1); }
static int function_of_two(lua_State *L) { return call(L, false, 2); }
static int method_of_none(lua_State *L) { return call(L, true, 0); }
static int method_of_one(lua_State *L) { return call(L, true, 1); }
static int method_of_two(lua_State *L) { return call(L, true, 2); }

static const lua_CFunction entries[2][CLUA_SCALARS + 1] = {
  {function_of_none, function_of_one, function_of_two}, {method_of_none, method_of_one, method_of_two}};

void clua_push_scalar_function(lua_State *L, const clua_scalar_function *function) {
  lua_pushlightuserdata(L, (void *)function);
  lua_pushcclosure(L, entries[function->class_id != NULL][function->count], 1);
}

void *clua_scalar_binding_at(lua_State *L, int index) {
  lua_CFunction entry = lua_tocfunction(L, index);
  if (!entry) return NULL;
  for (int kind = 0; kind < 2; kind++)
    for (int count = 0; count <= CLUA_SCALARS; count++)
      if (entry == entries[kind][count]) {
        lua_getupvalue(L, index, 1);
        const clua_scalar_function *function = lua_touserdata(L, -1);
        lua_pop(L, 1);
        return function->binding;
      }
  return NULL;
}
