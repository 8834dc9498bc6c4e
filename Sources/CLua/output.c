#include "host.h"
#include <stdio.h>

// What scripts write to the terminal, so that a line which is redrawn in place, such as a progress bar, can give way.

void clua_set_output_hook(clua_host *h, clua_output_hook hook, void *context) {
  h->before_output = hook;
  h->output_context = context;
}

bool clua_line_is_open(const clua_host *h) { return h->line_is_open; }

void clua_announce_output(clua_host *h) {
  if (UNLIKELY(h->before_output != NULL)) h->before_output(h->output_context);
}

static int print(lua_State *L) {
  clua_host *h = host_of(L);
  int count = lua_gettop(L);
  for (int i = 1; i <= count; i++) {
    luaL_tolstring(L, i, NULL);  // may run `__tostring`, which may print: so all texts come before the first is written
    lua_replace(L, i);
  }
  clua_announce_output(h);
  for (int i = 1; i <= count; i++) {
    size_t length;
    const char *text = lua_tolstring(L, i, &length);
    if (i > 1) fputc('\t', stdout);
    fwrite(text, 1, length, stdout);
  }
  fputc('\n', stdout);
  fflush(stdout);
  h->line_is_open = false;
  return 0;
}

// Calls the original in the first upvalue with arguments of which the texts begin at `first`.
static int write_texts(lua_State *L, int first, bool is_shown) {
  clua_host *h = host_of(L);
  int count = lua_gettop(L);
  bool is_open = h->line_is_open;
  for (int i = first; i <= count; i++) {
    size_t length;
    const char *text = luaL_checklstring(L, i, &length);  // here, where the function still has its name
    if (length > 0) is_open = text[length - 1] != '\n';
  }
  if (is_shown) {
    clua_announce_output(h);
    h->line_is_open = is_open;
  }
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_insert(L, 1);
  lua_call(L, count, LUA_MULTRET);
  return lua_gettop(L);
}

static bool is_terminal_stream(const FILE *file) { return file == stdout || file == stderr; }

static int io_write(lua_State *L) {
  lua_getfield(L, LUA_REGISTRYINDEX, "_IO_output");  // where the library keeps the default output
  const luaL_Stream *stream = luaL_testudata(L, -1, LUA_FILEHANDLE);
  bool is_shown = stream && is_terminal_stream(stream->f);
  lua_pop(L, 1);
  return write_texts(L, 1, is_shown);
}

static int file_write(lua_State *L) {
  const luaL_Stream *stream = luaL_checkudata(L, 1, LUA_FILEHANDLE);
  return write_texts(L, 2, is_terminal_stream(stream->f));
}

// Replaces a function of the table on top by one that has it as upvalue.
static void wrap_write(lua_State *L, lua_CFunction function) {
  lua_getfield(L, -1, "write");
  lua_pushcclosure(L, function, 1);
  lua_setfield(L, -2, "write");
}

void clua_open_output(lua_State *L) {
  lua_pushcfunction(L, print);
  lua_setglobal(L, "print");
  lua_getglobal(L, "io");
  wrap_write(L, io_write);
  lua_pop(L, 1);
  luaL_getmetatable(L, LUA_FILEHANDLE);
  lua_getfield(L, -1, "__index");
  wrap_write(L, file_write);
  lua_pop(L, 2);
}
