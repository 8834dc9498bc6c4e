#include "host.h"
#include <time.h>

// What a script in a sandbox may use. Instructions are counted by a hook, which costs a state more than half of its
// speed, so only sandboxes have one. What runs in C is paid for by its size. A limit that is passed is an interrupt.

enum { STEP = 100, ALLOCATION = 8, BYTES_PER_INSTRUCTION = 16, NATIVE_CALL = 20, NATIVE_BYTES_PER_INSTRUCTION = 512 };
// One instruction can be long work: two strings are compared, a text is read as a number, a chain of tables searched. So
// Lua has so much processor time for its instructions, ten times what they take else, beside what Swift takes.
enum { NANOSECONDS_PER_INSTRUCTION = 80, FREE_NANOSECONDS = 50000000 };
enum { FIRST_GOAL = 1 << 20, GC_STEP_BYTES = 4 << 20, LIVE_BYTES_PER_INSTRUCTION = 32 };

// Coarse, so that it costs less than the instructions between two looks.
static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int64_t processor_time(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int timed_dispatch(lua_State *L, void *binding) {
  meter *m = &host_of(L)->meter;
  m->native_began = now();
  int status = m->dispatch(L, binding);
  m->native += now() - m->native_began;
  return status;
}

void clua_begin_callback(clua_host *h) { h->meter.native += now() - h->meter.native_began; }
void clua_end_callback(clua_host *h) { h->meter.native_began = now(); }

// Of Lua's values, what is there already does not count: it is the library.
void clua_set_limits(clua_host *h, clua_limits limits, size_t heap_bytes, size_t offheap_bytes) {
  clua_collect_garbage(h->main, h);
  if (!h->meter.dispatch) {
    h->meter.dispatch = h->dispatch;
    h->dispatch = timed_dispatch;
  }
  h->meter.limits = limits;
  h->heap_limit = h->heap_bytes + heap_bytes;
  h->offheap_limit = offheap_bytes;
  clua_collect_garbage(h->main, h);
}

clua_stop clua_stop_of(const clua_host *h) { return h->meter.stop; }
uint64_t clua_spent(const clua_host *h) { return h->meter.spent; }
void clua_spend(clua_host *h, uint64_t instructions) { h->meter.spent += instructions; }

void clua_push_stop(lua_State *L, const clua_host *h) {
  const meter *m = &h->meter;
  switch (m->stop) {
    case CLUA_OUT_OF_INSTRUCTIONS:
      lua_pushfstring(L, "stopped after %I instructions", (LUAI_UACINT)m->limits.instructions);
      return;
    case CLUA_SLOW:
      lua_pushfstring(L, "stopped, it takes more time than %I instructions may", (LUAI_UACINT)m->limits.instructions);
      return;
    case CLUA_OUT_OF_TIME: lua_pushfstring(L, "stopped after %f seconds", (LUAI_UACNUMBER)m->limits.seconds); return;
    case CLUA_OUT_OF_MEMORY: lua_pushliteral(L, "stopped, its values take more memory than they may"); return;
    case CLUA_OUT_OF_NATIVE_MEMORY: lua_pushliteral(L, "stopped, its tensors take more memory than they may"); return;
    case CLUA_LONG_STRING: lua_pushfstring(L, "stopped, a string is longer than %d bytes", LONGEST_STRING); return;
    case CLUA_WEAK_TABLE: lua_pushliteral(L, "stopped, weak tables are not available in a sandbox"); return;
    default: lua_pushliteral(L, "interrupted");
  }
}

// MARK: steps

static void count(lua_State *L, lua_Debug *event) {
  (void)event;
  clua_host *h = host_of(L);
  int steps = lua_gethookcount(L);
  h->meter.spent += (uint64_t)steps;
  if (!h->meter.processor_began) h->meter.processor_began = processor_time();
  clua_look(L, h);
  if (steps != STEP) clua_watch_steps(L);
}

void clua_watch_steps(lua_State *L) { lua_sethook(L, count, LUA_MASKCOUNT, STEP); }

void clua_begin_call(lua_State *L, clua_host *h, int arguments) {
  meter *m = &h->meter;
  m->spent = 0;
  m->stop = CLUA_RUNS;
  m->wants_look = false;
  m->began = now();
  m->native = m->processor_began = 0;
  m->deadline = m->began + (int64_t)(m->limits.seconds * 1e9);
  m->given_bytes = 0;
  for (int argument = 0; argument < arguments; argument++) {
    const box *given = box_at(L, -1 - argument);
    if (given) m->given_bytes += given->bytes;
  }
  atomic_store(&h->interrupt, 0);
  clua_watch_steps(L);
}

// Waiting for a processor is no work, so the clock alone does not tell; but it is asked first, since that is quick.
static bool is_slow(const meter *m, int64_t time) {
  if (!m->processor_began) return false;
  int64_t allowed = FREE_NANOSECONDS + (int64_t)m->limits.instructions * NANOSECONDS_PER_INSTRUCTION + m->native;
  return time - m->began > allowed && processor_time() - m->processor_began > allowed;
}

void clua_look(lua_State *L, clua_host *h) {
  meter *m = &h->meter;
  m->wants_look = false;
  if (!m->stop && h->heap_bytes > m->heap_goal) clua_collect_garbage(L, h);
  if (!m->stop) {
    int64_t time = now();
    if (m->spent > m->limits.instructions) m->stop = CLUA_OUT_OF_INSTRUCTIONS;
    else if (time > m->deadline) m->stop = CLUA_OUT_OF_TIME;
    else if (is_slow(m, time)) m->stop = CLUA_SLOW;
    else if (clua_signal_waits(h)) m->stop = CLUA_SIGNALLED;
    else return;
  }
  atomic_store(&h->interrupt, 1);
  clua_raise_interrupt(L);
}

// Native functions are paid for by the size of the objects that they read and make.
void clua_charge_call(lua_State *L, clua_host *h) {
  size_t bytes = 0;
  for (int index = lua_gettop(L); index > 0; index--) {
    const box *object = box_at(L, index);
    if (object) bytes += object->bytes;
  }
  meter *m = &h->meter;
  m->spent += NATIVE_CALL + bytes / NATIVE_BYTES_PER_INSTRUCTION;
  size_t limit = h->offheap_limit + m->given_bytes;
  if (h->offheap_debt >= GC_STEP_BYTES || h->offheap_bytes > limit) clua_collect_garbage(L, h);
  if (!m->stop && h->offheap_bytes > limit) m->stop = CLUA_OUT_OF_NATIVE_MEMORY;
  clua_look(L, h);
}

// MARK: memory

// Runs inside the allocator. It never refuses: a refusal makes Lua collect all garbage at once, at the script's wish and
// in a place where nothing can be looked at. The next instruction is told to look instead.
void clua_note_growth(clua_host *h, bool is_string, size_t size, size_t growth) {
  meter *m = &h->meter;
  m->spent += ALLOCATION + growth / BYTES_PER_INSTRUCTION;
  bool is_long = is_string && size > LONGEST_STRING + 64;  // what a string's header may take
  if (is_long && !m->stop && h->running) m->stop = CLUA_LONG_STRING;
  if (!is_long && h->heap_bytes + growth <= m->heap_goal) return;
  if (m->wants_look || !h->running) return;
  m->wants_look = true;
  lua_sethook(h->running, count, LUA_MASKCOUNT, 1);
}

// Every table that was made a metatable, as keys of a weak table.
static const char metatables = 0;

void clua_keep_metatables(lua_State *L) { lua_rawsetp(L, LUA_REGISTRYINDEX, &metatables); }

void clua_note_metatable(lua_State *L, int index) {
  lua_pushvalue(L, index);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &metatables);
  lua_insert(L, -2);
  lua_pushboolean(L, 1);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

// A chain of weak keys costs the collector the square of its length, in a place where it cannot be stopped. So the mode
// of metatables is taken away before each collection; a script may have set it at any time.
static bool remove_modes(lua_State *L) {
  bool found = false;
  if (!lua_checkstack(L, 6)) return true;
  if (lua_rawgetp(L, LUA_REGISTRYINDEX, &metatables) != LUA_TTABLE) {
    lua_pop(L, 1);
    return false;
  }
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    lua_pop(L, 1);
    lua_pushliteral(L, "__mode");
    if (lua_rawget(L, -2) != LUA_TNIL) {
      found = true;
      lua_pushliteral(L, "__mode");
      lua_pushnil(L);
      lua_rawset(L, -4);
    }
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return found;
}

void clua_collect_garbage(lua_State *L, clua_host *h) {
  if (!is_sandbox(h)) {
    lua_gc(L, LUA_GCCOLLECT);
    return;
  }
  meter *m = &h->meter;
  if (remove_modes(L) && !m->stop) m->stop = CLUA_WEAK_TABLE;
  lua_gc(L, LUA_GCCOLLECT);
  h->offheap_debt = 0;
  m->spent += h->heap_bytes / LIVE_BYTES_PER_INSTRUCTION;
  size_t goal = 2 * h->heap_bytes + FIRST_GOAL;
  m->heap_goal = goal < h->heap_limit ? goal : h->heap_limit;
  if (h->heap_bytes > h->heap_limit && !m->stop) m->stop = CLUA_OUT_OF_MEMORY;
}
