#include "host.h"
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

// The main script pays nothing for interrupts: the hook is set only when one is wanted (a permanent hook costs 2.2x).

static _Atomic(clua_host *) signal_host;
static _Atomic(clua_signal) signal_forward;

enum {
  EVERYTHING = LUA_MASKCALL | LUA_MASKRET | LUA_MASKLINE | LUA_MASKCOUNT,
  SIGNALS_UNTIL_WARNING = 2,
  SIGNALS_UNTIL_EXIT = 3,
};

// The terminal as it was found; the third signal leaves it so.
static struct termios terminal;
static bool has_terminal, shows_errors;

static void hook(lua_State *L, lua_Debug *event) {
  (void)event;
  if (is_interrupted(host_of(L))) clua_raise_interrupt(L);
  if (is_sandbox(host_of(L)))
    clua_watch_steps(L);
  else
    lua_sethook(L, NULL, 0, 0);
}

// The flag stays set until the host clears it, so each further instruction raises again: no pcall loop survives.
int clua_raise_interrupt(lua_State *L) {
  lua_sethook(L, hook, LUA_MASKCOUNT, 1);
  lua_Debug frame;
  if (lua_getstack(L, 0, &frame) && lua_getinfo(L, "Sl", &frame) && frame.currentline > 0)
    lua_pushfstring(L, "%s:%d: ", frame.short_src, frame.currentline);  // in a hook, level 0 is the script itself
  else
    clua_push_where(L);
  clua_push_stop(L, host_of(L));
  lua_concat(L, 2);
  return lua_error(L);
}

bool clua_signal_waits(const clua_host *h) {
  clua_host *other = atomic_load(&signal_host);
  return other && other != h && is_interrupted(other);
}

bool clua_interrupted(const clua_host *h) { return is_interrupted(h); }

void clua_clear_interrupt(clua_host *h) { atomic_store(&h->interrupt, 0); }

void clua_await_interrupt(clua_host *h) {
  atomic_store(&h->wish, 0);
  atomic_store(&h->patient, 1);
}

void clua_end_awaiting(clua_host *h) {
  atomic_store(&h->patient, 0);
  atomic_store(&h->wish, 0);
}

bool clua_wishes_to_end(const clua_host *h) { return atomic_load((atomic_int *)&h->wish) != 0; }

void clua_interrupt_now(clua_host *h) {
  atomic_fetch_add(&h->interrupt, 1);
  lua_sethook(clua_state(h), hook, EVERYTHING, 1);
}

static void say(const char *text) {
  if (shows_errors && write(STDERR_FILENO, text, strlen(text)) < 0) shows_errors = false;
}

// Ends the program from within a signal handler, so that the shell finds its terminal as it was.
static void leave_at_once(int number) {
  if (has_terminal) tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
  say("\033[0m\nfedlua: stopped\n");
  _exit(128 + number);
}

static void on_sigint(int number) {
  clua_host *h = atomic_load(&signal_host);
  if (!h) return;
  if (!pthread_equal(pthread_self(), h->thread)) {
    pthread_kill(h->thread, number);
    return;
  }
  if (atomic_exchange(&h->patient, 0)) {
    atomic_store(&h->wish, 1);
    return;
  }
  clua_interrupt_now(h);  // only the state's own thread may set its hook
  int count = atomic_load(&h->interrupt);
  if (count >= SIGNALS_UNTIL_EXIT) leave_at_once(number);
  if (count == SIGNALS_UNTIL_WARNING) say("\nfedlua: still stopping; Ctrl-C once more leaves the program\n");
  clua_signal forward = atomic_load(&signal_forward);
  if (forward) forward();
}

void clua_catch_sigint(clua_host *h, clua_signal forward) {
  h->thread = pthread_self();
  has_terminal = tcgetattr(STDIN_FILENO, &terminal) == 0;
  shows_errors = isatty(STDERR_FILENO) == 1;
  atomic_store(&signal_forward, forward);
  atomic_store(&signal_host, h);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_sigint;  // no SA_RESTART: a read at the prompt returns with EINTR
  sigaction(SIGINT, &action, NULL);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_UNBLOCK, &signals, NULL);  // the worker threads of Dispatch block it
}

void clua_release_sigint(clua_host *h) {
  if (!atomic_compare_exchange_strong(&signal_host, &h, NULL)) return;
  signal(SIGINT, SIG_DFL);
}
