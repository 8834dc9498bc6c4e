#pragma once
#include "clua.h"
#include <pthread.h>
#include <stdatomic.h>

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

// What a sandbox may use, and what the call under way has used.
typedef struct {
  clua_limits limits;
  uint64_t spent;
  int64_t deadline;     // in nanoseconds of the clock, like the next four
  int64_t began;
  int64_t native, native_began;  // what Swift took of this call's time so far, and since when it works
  int64_t processor_began;       // of the thread's processor time; 0 until the first look
  clua_dispatch dispatch;        // the host's, which is called between two looks at the clock
  size_t heap_goal;     // bytes of Lua values at which garbage is collected
  size_t given_bytes;   // native memory of what the call was given
  clua_stop stop;
  bool wants_look;      // an allocation asked for a look at the next instruction
} meter;

struct clua_host {
  lua_State *main, *running;  // running: the coroutine that the interrupt hook must reach
  void *owner;
  clua_dispatch dispatch;
  clua_release release;
  size_t heap_bytes, heap_limit;
  int swift_depth;    // above 0 while a Swift frame is innermost: then no allocation may fail
  bool heap_overrun;  // the limit was passed under a Swift frame: raise when it has returned
  bool pending;       // the trampoline has something to do after the callback
  size_t offheap_bytes, offheap_debt, offheap_limit;
  const volatile uint8_t *overrun;  // not 0: native memory is overrun; never NULL
  clua_refuse refuse;
  clua_reserve reserve;  // may be NULL
  size_t reserved;       // what the program counts for the heap: a step more than it takes, so that it is rarely asked
  atomic_int interrupt;
  atomic_int patient, wish;  // patient: the next SIGINT is only noted, as a wish to end at the next good moment
  pthread_t thread;
  char *library;  // how the names of the library's chunks begin; NULL for none
  void (*on_line)(lua_State *, const char *path, int line);
  char memory_place[128];  // `script.lua:12: ` where Lua was refused memory
  char *traceback;
  bool keep_traceback;  // the error on its way already has the innermost traceback
  bool warnings_off, warning_continues;
  meter meter;
  clua_output_hook before_output;  // may be NULL
  void *output_context;
  bool line_is_open;  // what a script wrote last ended in the middle of a line
  clua_error_hook on_error;  // may be NULL
  bool is_answered;          // the error hook gave a value in the place of the failed call's
};

// What a userdata holds. Told from any other by its mark; the class is compared by address, so a check reads three words.
typedef struct {
  uint64_t mark;
  const void *class_id;
  void *object;  // NULL once closed
  uint64_t bytes : 48, pins : 16;  // pins: calls that use the object without holding a reference of their own
} box;

#define BOX_MARK UINT64_C(0x66656c7561626f78)

// Every other full userdata of a state is a file of `io`, which begins with a pointer: no pointer equals the mark.
static inline box *box_at(lua_State *L, int index) {
  if (UNLIKELY(lua_type(L, index) != LUA_TUSERDATA)) return NULL;
  box *b = lua_touserdata(L, index);
  return LIKELY(b->mark == BOX_MARK) ? b : NULL;
}

static inline clua_host *host_of(lua_State *L) { return *(clua_host **)lua_getextraspace(L); }
static inline bool is_interrupted(const clua_host *h) {
  return atomic_load_explicit((atomic_int *)&h->interrupt, memory_order_relaxed) != 0;
}

void *clua_allocate(void *host, void *block, size_t old_size, size_t new_size);
int clua_raise_interrupt(lua_State *L);
void clua_release_object(clua_host *h, void *object);
// Raises what a callback failed with; no Swift frame is left when it is called.
int clua_fail(lua_State *L, clua_host *h, int status);
void clua_open_libraries(lua_State *L);
void clua_open_control(lua_State *L);         // pcall, xpcall, coroutine
bool clua_signal_waits(const clua_host *h);   // whether Ctrl-C stopped another state, which called this one

// Sandboxes. An error of a limit is an interrupt: it passes through everything that catches errors.
static inline bool is_sandbox(const clua_host *h) { return h->meter.limits.is_sandbox; }
void clua_begin_call(lua_State *L, clua_host *h, int arguments);
void clua_begin_callback(clua_host *h);       // Swift calls Lua: its time is Lua's
void clua_end_callback(clua_host *h);
void clua_watch_steps(lua_State *L);          // sets the hook that counts instructions
void clua_look(lua_State *L, clua_host *h);   // raises if a limit is passed
void clua_note_growth(clua_host *h, bool is_string, size_t size, size_t growth);
void clua_push_stop(lua_State *L, const clua_host *h);
void clua_collect_garbage(lua_State *L, clua_host *h);
void clua_charge_call(lua_State *L, clua_host *h);  // a native call with its arguments and results on the stack
void clua_open_sandbox_libraries(lua_State *L);
void clua_open_guarded_language(lua_State *L);
void clua_open_guarded_strings(lua_State *L);
void clua_open_strings(lua_State *L);         // string.rep, lower, upper, reverse, utf8.len and offset, in every state
void clua_open_tables(lua_State *L);          // table, in every state
void clua_open_patterns(lua_State *L);        // string.find, match, gmatch and gsub, in every state
void clua_keep_metatables(lua_State *L);      // takes the weak table on top, in which metatables are noted
void clua_note_metatable(lua_State *L, int index);
void clua_plain_text(lua_State *L, int index);  // pushes what `tostring` gives, without addresses

enum { MOST_VALUES = 1 << 16, LONGEST_STRING = 1 << 20 };

// Pays for work in C that no instruction counts and no hook sees; outside of a sandbox it only looks at the interrupt.
static inline void charge(lua_State *L, uint64_t instructions) {
  clua_host *h = host_of(L);
  if (is_sandbox(h)) {
    h->meter.spent += instructions;
    clua_look(L, h);
  } else if (UNLIKELY(is_interrupted(h))) {
    clua_raise_interrupt(L);
  }
}
void clua_open_output(lua_State *L);          // print, io.write, file:write
void clua_open_finalizers(lua_State *L);      // setmetatable
bool clua_catches_errors(lua_CFunction function);  // whether it is pcall or xpcall
void clua_open_random(lua_State *L, uint64_t seed);
// What waits for the end of a callback: 0 to go on, or a status to fail with.
int clua_after_callback(lua_State *L, clua_host *h, void *binding);

// Ends a callback: gives its status on, or raises.
static inline int leave(lua_State *L, clua_host *h, void *binding, int status) {
  if (UNLIKELY(status < 0)) return clua_fail(L, h, status);
  if (LIKELY(!h->pending && !is_interrupted(h) && !*h->overrun)) return status;
  int refusal = clua_after_callback(L, h, binding);
  return refusal < 0 ? clua_fail(L, h, refusal) : status;
}

static inline int enter(lua_State *L, void *binding) {
  clua_host *h = host_of(L);
  int depth = h->swift_depth;
  h->swift_depth = depth + 1;
  int status = h->dispatch(L, binding);
  h->swift_depth = depth;  // every Swift frame of this call is gone: raising is safe from here
  return leave(L, h, binding, status);
}

void *clua_scalar_binding_at(lua_State *L, int index);  // NULL for any other value
