#include "host.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

clua_host *clua_host_of(lua_State *L) { return host_of(L); }
void *clua_owner(lua_State *L) { return host_of(L)->owner; }
void clua_set_owner(clua_host *h, void *owner) { h->owner = owner; }
void clua_collect(lua_State *L) { clua_collect_garbage(L, host_of(L)); }
lua_State *clua_state(clua_host *h) { return h->running ? h->running : h->main; }

void clua_set_library(clua_host *h, const char *chunk_prefix) {
  free(h->library);
  h->library = strdup(chunk_prefix);
}

bool clua_is_library_frame(const clua_host *h, const lua_Debug *frame) {
  return h->library && strncmp(frame->source, h->library, strlen(h->library)) == 0;
}

size_t clua_offheap_bytes(const clua_host *h) { return h->offheap_bytes; }
size_t clua_offheap_limit(const clua_host *h) { return h->offheap_limit; }
bool clua_on_thread(const clua_host *h) { return h->running == NULL || pthread_equal(pthread_self(), h->thread); }

static void line_hook(lua_State *L, lua_Debug *frame) {
  lua_getinfo(L, "S", frame);
  if (*frame->source == '@' && host_of(L)->on_line) host_of(L)->on_line(L, frame->source + 1, frame->currentline);
}

void clua_count_lines(clua_host *h, void (*on_line)(lua_State *, const char *, int)) {
  h->on_line = on_line;
  lua_sethook(h->main, on_line ? line_hook : NULL, on_line ? LUA_MASKLINE : 0, 0);
}

const char *clua_memory_place(const clua_host *h) { return h->memory_place; }

// Notes the line of the script for which there is no memory: once the error is caught, its stack is gone. Reads what the
// interpreter saved before it asked for memory, and allocates nothing.
static void *refuse(clua_host *h) {
  lua_Debug frame;
  h->memory_place[0] = 0;
  for (int level = 0; h->running && lua_getstack(h->running, level, &frame); level++) {
    lua_getinfo(h->running, "Sl", &frame);
    if (frame.currentline <= 0) continue;
    snprintf(h->memory_place, sizeof h->memory_place, "%s:%d: ", frame.short_src, frame.currentline);
    break;
  }
  return NULL;
}

enum { RESERVE_STEP = 256 << 10 };

// Keeps what is reserved of the program's memory a step around what the heap takes. Returns false if that is too much.
static bool reserve(clua_host *h, size_t heap_bytes, bool must) {
  if (!h->reserve) return true;
  bool grows = heap_bytes > h->reserved, shrinks = heap_bytes + 2 * RESERVE_STEP < h->reserved;
  if (LIKELY(!grows && !shrinks)) return true;
  size_t wanted = (heap_bytes / RESERVE_STEP + 1) * RESERVE_STEP;
  if (!h->reserve((int64_t)wanted - (int64_t)h->reserved, must || shrinks)) return false;
  h->reserved = wanted;
  return true;
}

// Fails only when Lua itself is innermost: LUA_ERRMEM must never jump over a Swift frame. Under Swift the limit may be
// passed; the trampoline collects and raises once Swift has returned.
void *clua_allocate(void *host, void *block, size_t old_size, size_t new_size) {
  clua_host *h = host;
  bool is_string = !block && old_size == LUA_TSTRING;  // Lua tells the kind of a new object in place of its old size
  if (!block) old_size = 0;
  if (new_size == 0) {
    h->heap_bytes -= old_size;
    free(block);
    reserve(h, h->heap_bytes, true);
    return NULL;
  }
  if (new_size > old_size && is_sandbox(h)) {
    clua_note_growth(h, is_string, new_size, new_size - old_size);
  } else if (new_size > old_size && h->heap_limit && h->heap_bytes + (new_size - old_size) > h->heap_limit) {
    if (h->swift_depth == 0) return refuse(h);
    h->heap_overrun = h->pending = true;
  }
  if (new_size > old_size && !reserve(h, h->heap_bytes + (new_size - old_size), h->swift_depth > 0)) return refuse(h);
  void *fresh = realloc(block, new_size);
  if (!fresh) {
    if (h->swift_depth == 0) return NULL;
    fputs("fedlua: out of memory\n", stderr);
    abort();
  }
  h->heap_bytes += new_size - old_size;
  return fresh;
}

static size_t physical_memory(void) {
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? (size_t)pages * (size_t)size : SIZE_MAX;
}

static int panic(lua_State *L) {
  const char *text = lua_tostring(L, -1);
  fprintf(stderr, "fedlua: unprotected Lua error: %s\n", text ? text : "(no message)");
  return 0;
}

static int open_libraries(lua_State *L) {
  uint64_t seed = *(const uint64_t *)lua_touserdata(L, 1);
  if (is_sandbox(host_of(L))) {
    clua_open_sandbox_libraries(L);
    clua_open_random(L, seed);
    return 0;
  }
  clua_open_libraries(L);
  clua_open_control(L);
  clua_open_output(L);
  clua_open_finalizers(L);
  clua_open_random(L, seed);
  return 0;
}

clua_host *clua_open(const clua_options *options) {
  clua_host *h = calloc(1, sizeof *h);
  if (!h) return NULL;
  h->dispatch = options->dispatch;
  h->release = options->release;
  static const uint8_t never = 0;
  h->overrun = options->overrun ? options->overrun : &never;
  h->refuse = options->refuse;
  h->reserve = options->reserve;
  h->thread = pthread_self();
  h->offheap_limit = options->offheap_limit ? options->offheap_limit : physical_memory();
  h->pending = options->limits.is_sandbox;  // each of its calls is paid for
  h->meter.limits = options->limits;
  h->meter.heap_goal = SIZE_MAX;
  h->main = lua_newstate(clua_allocate, h);
  if (!h->main) {
    if (h->reserve) h->reserve(-(int64_t)h->reserved, true);
    free(h);
    return NULL;
  }
  *(clua_host **)lua_getextraspace(h->main) = h;
  lua_atpanic(h->main, panic);
  uint64_t seed = options->seed;
  lua_pushcfunction(h->main, open_libraries);
  lua_pushlightuserdata(h->main, &seed);
  if (lua_pcall(h->main, 1, 0, 0) != LUA_OK) {
    clua_close(h);
    return NULL;
  }
  h->swift_depth = 1;  // from here on Swift is innermost, except inside clua_pcall
  h->heap_limit = options->heap_limit ? h->heap_bytes + options->heap_limit : 0;
  if (is_sandbox(h)) {
    lua_gc(h->main, LUA_GCSTOP);  // garbage is collected where a look allows it
    if (!h->heap_limit) h->heap_limit = SIZE_MAX;
    clua_collect_garbage(h->main, h);
  }
  return h;
}

void clua_close(clua_host *h) {
  clua_release_sigint(h);
  lua_close(h->main);
  if (h->reserve) h->reserve(-(int64_t)h->reserved, true);
  free(h->traceback);
  free(h->library);
  free(h);
}
