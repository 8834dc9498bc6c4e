#pragma once
#include <lua5.4/lauxlib.h>
#include <lua5.4/lua.h>
#include <lua5.4/lualib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The only C that knows Lua. Two rules hold everywhere:
//   1. No Swift frame lies between a setjmp and its longjmp. Swift returns a status; the trampoline raises.
//   2. Swift calls only functions that cannot raise: the raw API, or the protected entries below.

// What a Swift callback returns instead of a number of results (>= 0).
enum {
  CLUA_ERROR = -1,    // a message is on top: raise it with the script's line in front
  CLUA_RETHROW = -2,  // an error value is on top: raise it unchanged and keep its traceback
};

typedef struct clua_host clua_host;
typedef int (*clua_dispatch)(lua_State *L, void *binding);
typedef void (*clua_release)(void *object);
// Called after garbage was collected while native memory is still overrun: 0 to go on, or CLUA_ERROR with a message on top.
typedef int (*clua_refuse)(lua_State *L, void *binding);

// Counts bytes of Lua's heap, or fewer for a negative number, within the memory of the program. False if they do not fit;
// with `must` they are counted all the same. Runs inside the allocator, so it must not touch the state.
typedef bool (*clua_reserve)(int64_t bytes, bool must);

// Why a script in a sandbox was stopped.
typedef enum {
  CLUA_RUNS, CLUA_OUT_OF_INSTRUCTIONS, CLUA_OUT_OF_TIME, CLUA_SLOW, CLUA_OUT_OF_MEMORY, CLUA_OUT_OF_NATIVE_MEMORY,
  CLUA_LONG_STRING, CLUA_WEAK_TABLE, CLUA_SIGNALLED,
} clua_stop;

// What each call into a sandbox may use. A state whose limits say it is no sandbox has none but those of its memory.
typedef struct {
  bool is_sandbox;
  uint64_t instructions;
  double seconds;  // by the clock
} clua_limits;

typedef struct {
  clua_dispatch dispatch;
  clua_release release;
  size_t heap_limit;     // bytes of Lua values; 0 for no limit
  size_t offheap_limit;  // bytes of native memory behind userdata; 0 for the machine's memory
  uint64_t seed;         // of math.random
  const uint8_t *overrun;  // not 0 while the process takes more native memory than it may; may be NULL
  clua_refuse refuse;
  clua_reserve reserve;  // may be NULL
  clua_limits limits;
} clua_options;

// Opens a state with the standard libraries, or returns NULL when memory is out.
clua_host *clua_open(const clua_options *options);
void clua_close(clua_host *host);
lua_State *clua_state(clua_host *host);  // the running coroutine, or the main thread
clua_host *clua_host_of(lua_State *L);
void clua_set_owner(clua_host *host, void *owner);
void *clua_owner(lua_State *L);
void clua_collect(lua_State *L);  // a full collection
size_t clua_offheap_bytes(const clua_host *host);
bool clua_on_thread(const clua_host *host);  // whether the caller may touch the state

// ---- sandboxes
void clua_set_limits(clua_host *host, clua_limits limits, size_t heap_bytes, size_t offheap_bytes);
clua_stop clua_stop_of(const clua_host *host);  // of the last call
uint64_t clua_spent(const clua_host *host);     // instructions of the last call
void clua_spend(clua_host *host, uint64_t instructions);  // for native work; looked at when the callback has returned
void clua_guard_print(lua_State *L);  // makes the global `print` write no addresses, and be paid for

// ---- processes of their own
// Starts a program with one argument and at most one variable (or NULL); its input and output are one socket, whose other
// end it gives. Returns the process, or a negative error number.
int clua_spawn(const char *path, const char *argument, const char *variable, int *connection);
void clua_confine(size_t memory);  // leaves this process three descriptors, no files, and so many more bytes
void clua_limit_processor_time(double seconds);  // from now on

// Names the library that comes with the host: errors stand at the line of the script that called into it.
void clua_set_library(clua_host *host, const char *chunk_prefix);

// ---- protected entries: return a Lua status; on failure the error value is on top
int clua_load(lua_State *L, const char *source, size_t length, const char *chunk);
int clua_pcall(lua_State *L, int arguments, int results);
int clua_get(lua_State *L, int index);     // replaces the key on top by the value
int clua_set(lua_State *L, int index);     // pops a value and below it a key
int clua_tostring(lua_State *L, int index);  // pushes what tostring gives
// Calls a function for each line of a script file that runs, with its path; NULL ends that. It must not raise.
void clua_count_lines(clua_host *host, void (*on_line)(lua_State *, const char *path, int line));
const char *clua_memory_place(const clua_host *host);  // `script.lua:12: `, or empty
const char *clua_traceback(const clua_host *host);  // of the last error, innermost stack; may be NULL
void clua_set_traceback(lua_State *L, const char *text);

// ---- native functions
void clua_push_binding(lua_State *L, void *binding);

// A native function of scalars: C reads the arguments and writes the result, so Swift is entered with numbers alone.
// Arguments that do not fit exactly go to the binding, which converts them or says what is wrong with them.
enum { CLUA_SCALARS = 2 };  // most arguments of such a function
typedef enum { CLUA_NOTHING, CLUA_INTEGER, CLUA_DOUBLE, CLUA_FLOAT, CLUA_BOOLEAN } clua_kind;
typedef union {
  int64_t integer;
  double number;
  float single;
  bool boolean;
} clua_scalar;
// `object` is NULL for a function without one. The result takes the place of the first argument. Returns 0, or a status
// to fail with.
typedef int (*clua_scalar_body)(lua_State *L, void *binding, void *object, clua_scalar *values);
typedef struct {
  void *binding;
  const void *class_id;  // of the object before the colon; NULL if there is none
  clua_scalar_body body;
  int count;
  clua_kind arguments[CLUA_SCALARS], result;
} clua_scalar_function;
void clua_push_scalar_function(lua_State *L, const clua_scalar_function *function);  // must outlive the state

void *clua_binding_at(lua_State *L, int index);  // NULL for any other value

void clua_push_handle(lua_State *L, void *binding);  // what stands for a property in the tables of a class

// ---- objects: a box owns one reference to a native object and gives it up in __gc and __close
void clua_new_class(lua_State *L, const void *class_id, const char *name);  // pushes the metatable
void clua_push_index(lua_State *L, void *fallback);     // replaces a table of members by an __index function
void clua_push_newindex(lua_State *L, void *fallback);  // replaces setters by a __newindex function
bool clua_push_object(lua_State *L, const void *class_id, void *object, size_t bytes);  // false: class unknown
void *clua_object_at(lua_State *L, int index, const void *class_id);  // NULL if closed or of another class
const void *clua_class_at(lua_State *L, int index);                   // NULL if no object of the host
bool clua_is_list(lua_State *L, int index);  // whether the keys of a table are 1...n and nothing else
void clua_close_object(lua_State *L, int index);
// Whether `bytes` more of native memory fit; collects garbage before it says no.
bool clua_may_allocate(lua_State *L, size_t bytes);
size_t clua_offheap_limit(const clua_host *host);

// ---- interrupts
typedef void (*clua_signal)(void);
void clua_clear_interrupt(clua_host *host);
bool clua_interrupted(const clua_host *host);
// Between these two, the first SIGINT is a wish that clua_wishes_to_end tells, and a second one interrupts.
void clua_await_interrupt(clua_host *host);
void clua_end_awaiting(clua_host *host);
bool clua_wishes_to_end(const clua_host *host);
void clua_interrupt_now(clua_host *host);  // on the host's thread
// Makes SIGINT interrupt this host; `forward` runs in the handler and must be async-signal-safe.
void clua_catch_sigint(clua_host *host, clua_signal forward);
void clua_release_sigint(clua_host *host);

// ---- what scripts write
// Called before a script writes to the terminal: whoever has drawn a line there in place takes it away.
typedef void (*clua_output_hook)(void *context);
void clua_set_output_hook(clua_host *host, clua_output_hook hook, void *context);
void clua_announce_output(clua_host *host);  // for what the host itself writes on behalf of a script
bool clua_line_is_open(const clua_host *host);  // whether what a script wrote last ended in the middle of a line

// ---- a look at an error where it happened
// Called inside of the message handler of an error that nothing in Lua catches: the stack is whole. True if a value is on
// top that stands for what the failed call would have returned.
typedef bool (*clua_error_hook)(lua_State *L);
bool clua_is_library_frame(const clua_host *host, const lua_Debug *frame);  // needs "S" of lua_getinfo
void clua_set_error_hook(clua_host *host, clua_error_hook hook);

// Writes what lies in the buffer of standard output. Whether some of what was printed is lost, as on a full device.
bool clua_loses_output(void);
void clua_write_lines_at_once(void);  // also where standard output is no terminal

// ---- Lua's macros as functions
static inline const char *clua_version(void) { return LUA_RELEASE; }
static inline void clua_pop(lua_State *L, int n) { lua_settop(L, -n - 1); }
static inline int clua_registry(void) { return LUA_REGISTRYINDEX; }
static inline void clua_insert(lua_State *L, int index) { lua_rotate(L, index, 1); }
static inline void clua_remove(lua_State *L, int index) { lua_rotate(L, index, -1); lua_settop(L, -2); }
/// Pushes "script.lua:12: " of the nearest function of a script, or "".
void clua_push_where(lua_State *L);

