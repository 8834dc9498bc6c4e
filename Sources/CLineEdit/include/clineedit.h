#pragma once

// libedit without variadic functions, which Swift cannot call.

typedef struct clineedit clineedit;

// Completes the text before the cursor. Returns malloc'd text to insert, which may be empty, or NULL for a beep.
// `*listed` is set to 1 when candidates were printed, so that the line must be drawn again.
typedef char *(*clineedit_complete)(void *context, const char *before_cursor, int *listed);

// Turns what was pasted into what is inserted, malloc'd.
typedef char *(*clineedit_paste)(void *context, const char *text);

enum { CLINEEDIT_LINE, CLINEEDIT_END, CLINEEDIT_INTERRUPTED };

// Returns NULL if the terminal cannot be opened. With `marks_pastes` the terminal is asked to say what is pasted.
clineedit *clineedit_open(
    const char *program, clineedit_complete complete, clineedit_paste paste, void *context, int marks_pastes);
void clineedit_close(clineedit *editor);
// Returns one of the three outcomes; for a line, `*line` is malloc'd and has no line break at its end: it has some inside
// where an entry of several lines was pasted or recalled. In the prompt, \1 stands on both sides of what the terminal
// does not show.
int clineedit_read(clineedit *editor, const char *prompt, char **line);
void clineedit_add_history(clineedit *editor, const char *entry);
void clineedit_load_history(clineedit *editor, const char *path, int size);
void clineedit_save_history(clineedit *editor, const char *path);
