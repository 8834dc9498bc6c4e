#define _GNU_SOURCE
#include "clineedit.h"
#include <errno.h>
#include <histedit.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct clineedit {
  EditLine *edit;
  History *history;
  const char *prompt;
  clineedit_complete complete;
  void *context;
};

static char *current_prompt(EditLine *edit) {
  clineedit *e;
  el_get(edit, EL_CLIENTDATA, &e);
  return (char *)e->prompt;
}

static unsigned char on_tab(EditLine *edit, int character) {
  (void)character;
  clineedit *e;
  el_get(edit, EL_CLIENTDATA, &e);
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

clineedit *clineedit_open(const char *program, clineedit_complete complete, void *context) {
  setlocale(LC_CTYPE, "");  // else libedit takes each byte of UTF-8 for a character
  clineedit *e = calloc(1, sizeof *e);
  if (!e) return NULL;
  e->prompt = "";
  e->complete = complete;
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
  el_set(e->edit, EL_ADDFN, "complete-name", "Completes a name", on_tab);
  el_set(e->edit, EL_BIND, "^I", "complete-name", NULL);
  el_set(e->edit, EL_BIND, "^R", "em-inc-search-prev", NULL);
  el_source(e->edit, NULL);  // the user's ~/.editrc
  return e;
}

void clineedit_close(clineedit *e) {
  if (e->history) history_end(e->history);
  if (e->edit) el_end(e->edit);
  free(e);
}

int clineedit_read(clineedit *e, const char *prompt, char **line) {
  e->prompt = prompt;
  int length = 0;
  errno = 0;
  const char *text = el_gets(e->edit, &length);
  if (!text || length <= 0) {
    if (errno != EINTR) return CLINEEDIT_END;
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
