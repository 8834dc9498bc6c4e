#include "host.h"
#include <stdlib.h>
#include <string.h>

const char *clua_traceback(const clua_host *h) { return h->traceback; }

void clua_set_traceback(lua_State *L, const char *text) {
  clua_host *h = host_of(L);
  char *copy = text ? strdup(text) : NULL;
  free(h->traceback);
  h->traceback = copy;
}

// The innermost level to show. What the library does on behalf of a script is left out, unless it failed by itself.
static int first_level(lua_State *L) {
  const clua_host *h = host_of(L);
  const char *message = lua_type(L, 1) == LUA_TSTRING ? lua_tostring(L, 1) : NULL;
  if (!h->library || (message && strncmp(message, h->library + 1, strlen(h->library + 1)) == 0)) return 1;
  int first = 1;
  lua_Debug frame;
  for (int level = 1; lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "S", &frame);
    if (clua_is_library_frame(h, &frame))
      first = level + 1;
    else if (*frame.what != 'C')
      return first;
  }
  return 1;
}

// Whether a pcall in Lua waits for what is raised here.
static bool is_caught(lua_State *L) {
  lua_Debug frame;
  for (int level = 1; lua_getstack(L, level, &frame); level++) {
    lua_getinfo(L, "f", &frame);
    lua_CFunction function = lua_tocfunction(L, -1);
    lua_pop(L, 1);
    if (function && clua_catches_errors(function)) return true;
  }
  return false;
}

// Lets the program look at an error while the stack still stands. True if it left a value to go on with.
static bool is_answered(lua_State *L, clua_host *h) {
  if (!h->on_error || is_interrupted(h) || is_caught(L)) return false;
  char *traceback = h->traceback ? strdup(h->traceback) : NULL;
  clua_error_hook hook = h->on_error;
  h->on_error = NULL;  // a mistake at the prompt opens no other
  h->swift_depth++;
  bool answers = hook(L);
  h->swift_depth--;
  h->on_error = hook;
  clua_set_traceback(L, traceback);
  free(traceback);
  return answers;
}

void clua_set_error_hook(clua_host *h, clua_error_hook hook) { h->on_error = hook; }

// Notes the traceback beside the error and leaves the error itself alone, so that tables keep their identity.
static int note_traceback(lua_State *L) {
  clua_host *h = host_of(L);
  if (!(h->keep_traceback && h->traceback)) {
    luaL_traceback(L, L, NULL, first_level(L));
    clua_set_traceback(L, lua_tostring(L, -1));
    lua_settop(L, 1);
    if (is_answered(L, h)) {
      h->is_answered = true;
      return 1;
    }
  }
  h->keep_traceback = false;
  lua_settop(L, 1);
  return 1;
}

int clua_pcall(lua_State *L, int arguments, int results) {
  clua_host *h = host_of(L);
  lua_State *outer = h->running;
  int depth = h->swift_depth, base = lua_gettop(L) - arguments;
  if (!outer) h->thread = pthread_self();
  if (!outer && is_sandbox(h)) clua_begin_call(L, h, arguments);
  if (outer && is_sandbox(h)) clua_begin_callback(h);
  h->swift_depth = 0;
  h->running = L;
  lua_pushcfunction(L, note_traceback);
  lua_insert(L, base);
  int status = lua_pcall(L, arguments, results, base);
  lua_remove(L, base);
  if (outer && is_sandbox(h)) clua_end_callback(h);
  h->running = outer;
  h->swift_depth = depth;
  if (LIKELY(!h->is_answered)) return status;
  h->is_answered = false;
  if (results != LUA_MULTRET) lua_settop(L, base - 1 + results);
  return LUA_OK;
}

typedef struct {
  const char *text;
  size_t length;
} source;

static const char *read_source(lua_State *L, void *data, size_t *length) {
  (void)L;
  source *s = data;
  *length = s->length;
  s->length = 0;
  return *length ? s->text : NULL;
}

int clua_load(lua_State *L, const char *text, size_t length, const char *chunk) {
  clua_host *h = host_of(L);
  int depth = h->swift_depth;
  h->swift_depth = 0;
  source s = {text, length};
  int status = lua_load(L, read_source, &s, chunk, "t");
  h->swift_depth = depth;
  return status;
}

static int get(lua_State *L) {
  lua_gettable(L, 1);
  return 1;
}

int clua_get(lua_State *L, int index) {
  index = lua_absindex(L, index);
  lua_pushcfunction(L, get);
  lua_insert(L, -2);
  lua_pushvalue(L, index);
  lua_insert(L, -2);
  return clua_pcall(L, 2, 1);
}

static int set(lua_State *L) {
  lua_settable(L, 1);
  return 0;
}

int clua_set(lua_State *L, int index) {
  index = lua_absindex(L, index);
  lua_pushcfunction(L, set);
  lua_insert(L, -3);
  lua_pushvalue(L, index);
  lua_insert(L, -3);
  return clua_pcall(L, 3, 0);
}

static int text_of(lua_State *L) {
  luaL_tolstring(L, 1, NULL);
  return 1;
}

int clua_tostring(lua_State *L, int index) {
  index = lua_absindex(L, index);
  lua_pushcfunction(L, text_of);
  lua_pushvalue(L, index);
  return clua_pcall(L, 1, 1);
}
