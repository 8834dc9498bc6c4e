#define _GNU_SOURCE
#include "clineedit.h"
#include <errno.h>
#include <histedit.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

struct clineedit {
  EditLine *edit;
  History *history;
  const char *prompt;
  clineedit_complete complete;
  clineedit_paste paste;
  void *context;
  int marks_pastes;
};

static clineedit *editor_of(EditLine *edit) {
  clineedit *e;
  el_get(edit, EL_CLIENTDATA, &e);
  return e;
}

static char *current_prompt(EditLine *edit) { return (char *)editor_of(edit)->prompt; }

// Whether nothing but blanks stands between the beginning of the line and the cursor.
static int begins_line(const LineInfoW *line) {
  for (const wchar_t *at = line->cursor; at > line->buffer && at[-1] != L'\n'; at--)
    if (at[-1] != L' ' && at[-1] != L'\t') return 0;
  return 1;
}

static unsigned char on_tab(EditLine *edit, int character) {
  (void)character;
  clineedit *e = editor_of(edit);
  if (begins_line(el_wline(edit))) return el_winsertstr(edit, L"  ") == 0 ? CC_REFRESH : CC_ERROR;
  const LineInfo *line = el_line(edit);
  char *before = strndup(line->buffer, (size_t)(line->cursor - line->buffer));
  int listed = 0;
  char *insertion = before ? e->complete(e->context, before, &listed) : NULL;
  unsigned char effect = CC_REFRESH_BEEP;
  if (insertion && *insertion && el_insertstr(edit, insertion) == 0) effect = CC_REFRESH;
  else if (listed) effect = CC_REDISPLAY;
  free(insertion);
  free(before);
  return effect;
}

static const wchar_t paste_end[] = L"\033[201~";

// Reads up to the end mark of a paste. Returns malloc'd text, or NULL.
static wchar_t *read_paste(EditLine *edit) {
  size_t count = 0, capacity = 256, end = wcslen(paste_end);
  wchar_t *text = malloc(capacity * sizeof *text);
  while (text && el_wgetc(edit, &text[count]) == 1) {
    count++;
    if (count >= end && wmemcmp(text + count - end, paste_end, end) == 0) {
      text[count - end] = 0;
      return text;
    }
    if (count < capacity) continue;
    wchar_t *larger = realloc(text, (capacity *= 2) * sizeof *text);
    if (!larger) break;
    text = larger;
  }
  free(text);
  return NULL;
}

static char *narrow(const wchar_t *text) {
  size_t size = wcslen(text) * MB_CUR_MAX + 1;
  char *bytes = malloc(size);
  if (bytes && wcstombs(bytes, text, size) == (size_t)-1) {
    free(bytes);
    return NULL;
  }
  return bytes;
}

static unsigned char on_paste(EditLine *edit, int character) {
  (void)character;
  clineedit *e = editor_of(edit);
  wchar_t *pasted = read_paste(edit);
  char *bytes = pasted ? narrow(pasted) : NULL;
  char *insertion = bytes ? e->paste(e->context, bytes) : NULL;
  int failed = !insertion || (*insertion && el_insertstr(edit, insertion) != 0);
  free(insertion);
  free(bytes);
  free(pasted);
  return failed ? CC_REFRESH_BEEP : CC_REFRESH;
}

static const wchar_t *line_start(const LineInfoW *line, const wchar_t *at) {
  while (at > line->buffer && at[-1] != L'\n') at--;
  return at;
}

static unsigned char move_to(EditLine *edit, const LineInfoW *line, const wchar_t *start, long column) {
  const wchar_t *at = start;
  while (at < line->lastchar && *at != L'\n' && at - start < column) at++;
  el_cursor(edit, (int)(at - line->cursor));
  return CC_CURSOR;
}

// The arrows move inside of an entry of several lines, and beyond it through the history.
static unsigned char on_up(EditLine *edit, int character) {
  (void)character;
  const LineInfoW *line = el_wline(edit);
  const wchar_t *start = line_start(line, line->cursor);
  if (start > line->buffer) return move_to(edit, line, line_start(line, start - 1), line->cursor - start);
  el_push(edit, "\020");  // Ctrl-P
  return CC_NORM;
}

static unsigned char on_down(EditLine *edit, int character) {
  (void)character;
  const LineInfoW *line = el_wline(edit);
  const wchar_t *end = line->cursor;
  while (end < line->lastchar && *end != L'\n') end++;
  if (end < line->lastchar) return move_to(edit, line, end + 1, line->cursor - line_start(line, line->cursor));
  el_push(edit, "\016");  // Ctrl-N
  return CC_NORM;
}

static void bind_keys(EditLine *edit) {
  el_set(edit, EL_ADDFN, "complete-name", "Completes a name", on_tab);
  el_set(edit, EL_ADDFN, "insert-paste", "Inserts what is pasted", on_paste);
  el_set(edit, EL_ADDFN, "line-up", "Moves up a line, or back in the history", on_up);
  el_set(edit, EL_ADDFN, "line-down", "Moves down a line, or on in the history", on_down);
  el_set(edit, EL_BIND, "^I", "complete-name", NULL);
  el_set(edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
  el_set(edit, EL_BIND, "\033[200~", "insert-paste", NULL);
  el_set(edit, EL_BIND, "\033[A", "line-up", NULL);
  el_set(edit, EL_BIND, "\033OA", "line-up", NULL);
  el_set(edit, EL_BIND, "\033[B", "line-down", NULL);
  el_set(edit, EL_BIND, "\033OB", "line-down", NULL);
  el_set(edit, EL_BIND, "\033[5~", "ed-search-prev-history", NULL);  // Page Up: entries that begin like this one
  el_set(edit, EL_BIND, "\033[6~", "ed-search-next-history", NULL);
}

clineedit *clineedit_open(
    const char *program, clineedit_complete complete, clineedit_paste paste, void *context, int marks_pastes) {
  setlocale(LC_CTYPE, "");  // else libedit takes each byte of UTF-8 for a character
  clineedit *e = calloc(1, sizeof *e);
  if (!e) return NULL;
  e->prompt = "";
  e->complete = complete;
  e->paste = paste;
  e->marks_pastes = marks_pastes;
  e->context = context;
  e->edit = el_init(program, stdin, stdout, stderr);
  e->history = history_init();
  if (!e->edit || !e->history) {
    clineedit_close(e);
    return NULL;
  }
  HistEvent event;
  history(e->history, &event, H_SETSIZE, 1000);
  history(e->history, &event, H_SETUNIQUE, 1);
  el_set(e->edit, EL_CLIENTDATA, e);
  el_set(e->edit, EL_PROMPT_ESC, current_prompt, '\1');
  el_set(e->edit, EL_EDITOR, "emacs");
  el_set(e->edit, EL_SIGNAL, 0);  // the host handles SIGINT; libedit sees an interrupted read
  el_set(e->edit, EL_HIST, history, e->history);
  bind_keys(e->edit);
  el_source(e->edit, NULL);  // the user's ~/.editrc
  return e;
}

void clineedit_close(clineedit *e) {
  if (e->history) history_end(e->history);
  if (e->edit) el_end(e->edit);
  free(e);
}

static void mark_pastes(const clineedit *e, int wanted) {
  if (!e->marks_pastes) return;
  fputs(wanted ? "\033[?2004h" : "\033[?2004l", stdout);
  fflush(stdout);
}

int clineedit_read(clineedit *e, const char *prompt, char **line) {
  e->prompt = prompt;
  int length = 0;
  mark_pastes(e, 1);
  errno = 0;
  const char *text = el_gets(e->edit, &length);
  int reason = errno;
  mark_pastes(e, 0);
  if (!text || length <= 0) {
    if (reason != EINTR) return CLINEEDIT_END;
    el_reset(e->edit);
    return CLINEEDIT_INTERRUPTED;
  }
  if (text[length - 1] == '\n') length--;
  *line = strndup(text, (size_t)length);
  return *line ? CLINEEDIT_LINE : CLINEEDIT_END;
}

void clineedit_add_history(clineedit *e, const char *entry) {
  HistEvent event;
  history(e->history, &event, H_ENTER, entry);
}

void clineedit_load_history(clineedit *e, const char *path, int size) {
  HistEvent event;
  history(e->history, &event, H_SETSIZE, size);
  history(e->history, &event, H_LOAD, path);
}

void clineedit_save_history(clineedit *e, const char *path) {
  HistEvent event;
  history(e->history, &event, H_SAVE, path);
}
