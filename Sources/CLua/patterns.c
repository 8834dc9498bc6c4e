#include "patterns.h"
#include <ctype.h>
#include <string.h>

// MARK: compiling

typedef struct {
  lua_State *L;
  const char *next, *end;
  pattern *pattern;
  int open[MOST_CAPTURES], depth;
} parser;

static void add_to_set(uint64_t *set, int character) { set[character >> 6] |= UINT64_C(1) << (character & 63); }

static bool is_in(const uint64_t *set, char character) {
  uint8_t c = (uint8_t)character;
  return set[c >> 6] >> (c & 63) & 1;
}

// The characters of a class such as %a; false if the letter names none.
static bool class_has(int letter, int character) {
  switch (letter) {
    case 'a': return isalpha(character);
    case 'c': return iscntrl(character);
    case 'd': return isdigit(character);
    case 'g': return isgraph(character);
    case 'l': return islower(character);
    case 'p': return ispunct(character);
    case 's': return isspace(character);
    case 'u': return isupper(character);
    case 'w': return isalnum(character);
    default: return isxdigit(character);
  }
}

static void add_class(uint64_t *set, int letter) {
  int kind = tolower(letter);
  if (!strchr("acdglpsuwx", kind) || !kind) {
    add_to_set(set, letter);
    return;
  }
  for (int character = 0; character < 256; character++)
    if ((class_has(kind, character) != 0) == (islower(letter) != 0)) add_to_set(set, character);
}

static uint8_t take(parser *p, const char *problem) {
  if (p->next >= p->end) luaL_error(p->L, "malformed pattern (%s)", problem);
  return (uint8_t)*p->next++;
}

// What follows a `[`.
static void parse_set(parser *p, uint64_t *set) {
  bool negated = p->next < p->end && *p->next == '^';
  if (negated) p->next++;
  bool is_first = true;
  for (;;) {
    uint8_t c = take(p, "missing ']'");
    if (c == ']' && !is_first) break;
    is_first = false;
    if (c == '%') {
      add_class(set, take(p, "missing ']'"));
    } else if (p->end - p->next >= 2 && p->next[0] == '-' && p->next[1] != ']') {
      for (int character = c; character <= (uint8_t)p->next[1]; character++) add_to_set(set, character);
      p->next += 2;
    } else {
      add_to_set(set, c);
    }
  }
  for (int word = 0; negated && word < 4; word++) set[word] = ~set[word];
}

static void parse_escape(parser *p, item *it) {
  uint8_t c = take(p, "ends with '%'");
  if (c == 'b') {
    it->kind = ITEM_BALANCE;
    it->first = take(p, "missing arguments to '%b'");
    it->last = take(p, "missing arguments to '%b'");
  } else if (c == 'f') {
    it->kind = ITEM_FRONTIER;
    if (p->next >= p->end || *p->next++ != '[') luaL_error(p->L, "missing '[' after '%%f' in pattern");
    parse_set(p, it->set);
  } else if (isdigit(c)) {
    it->kind = ITEM_BACK;
    it->first = (uint8_t)(c - '1');
    bool is_open = false;
    for (int level = 0; level < p->depth; level++) is_open |= p->open[level] == it->first;
    if (c == '0' || it->first >= p->pattern->captures || is_open)
      luaL_error(p->L, "invalid capture index %%%d in pattern", c - '0');
  } else {
    add_class(it->set, c);
  }
}

static void parse_parenthesis(parser *p, item *it, char c) {
  if (c == ')') {
    if (p->depth == 0) luaL_error(p->L, "invalid pattern capture");
    it->kind = ITEM_CLOSE;
    it->first = (uint8_t)p->open[--p->depth];
    return;
  }
  bool is_position = p->next < p->end && *p->next == ')';
  if (p->pattern->captures >= MOST_CAPTURES) luaL_error(p->L, "too many captures");
  it->kind = is_position ? ITEM_POSITION : ITEM_OPEN;
  it->first = (uint8_t)p->pattern->captures++;
  if (is_position)
    p->next++;
  else
    p->open[p->depth++] = it->first;
}

static void parse_item(parser *p, item *it) {
  uint8_t c = (uint8_t)*p->next++;
  it->kind = ITEM_ONE;
  if (c == '(' || c == ')') {
    parse_parenthesis(p, it, (char)c);
    return;
  }
  if (c == '$' && p->next == p->end) {
    it->kind = ITEM_LAST;
    return;
  }
  if (c == '%')
    parse_escape(p, it);
  else if (c == '[')
    parse_set(p, it->set);
  else if (c == '.')
    memset(it->set, 0xff, sizeof it->set);
  else
    add_to_set(it->set, c);
  if (it->kind == ITEM_ONE && p->next < p->end && strchr("?*+-", *p->next) && *p->next) it->repeat = *p->next++;
}

const pattern *clua_compile_pattern(lua_State *L, const char *text, size_t length, bool anchors) {
  if (length > MOST_ITEMS && is_sandbox(host_of(L))) luaL_error(L, "pattern too complex");
  pattern *compiled = lua_newuserdatauv(L, sizeof(pattern) + (length + 1) * sizeof(item), 0);
  memset(compiled, 0, sizeof(pattern) + (length + 1) * sizeof(item));
  parser p = {.L = L, .next = text, .end = text + length, .pattern = compiled};
  compiled->is_anchored = anchors && length > 0 && *text == '^';
  if (compiled->is_anchored) p.next++;
  while (p.next < p.end) parse_item(&p, &compiled->items[compiled->count++]);
  if (p.depth > 0) luaL_error(L, "unfinished capture");
  compiled->items[compiled->count].kind = ITEM_END;
  charge(L, length);
  return compiled;
}

// MARK: matching

enum { STEPS_BETWEEN_LOOKS = 256, DEEPEST = 200 };

static void step(matcher *m, uint64_t steps) {
  m->unpaid += steps;
  if (m->unpaid < STEPS_BETWEEN_LOOKS) return;
  charge(m->L, m->unpaid);
  m->unpaid = 0;
}

static const char *match(matcher *m, const char *s, const item *it);

static const char *match_deeper(matcher *m, const char *s, const item *it) {
  if (++m->depth > DEEPEST) luaL_error(m->L, "pattern too complex");
  const char *end = match(m, s, it);
  m->depth--;
  return end;
}

static bool fits(const matcher *m, const char *s, const item *it) { return s < m->end && is_in(it->set, *s); }

static const char *match_most(matcher *m, const char *s, const item *it, ptrdiff_t least) {
  ptrdiff_t count = 0;
  while (fits(m, s + count, it)) count++;
  step(m, (uint64_t)count / 8);
  for (; count >= least; count--) {
    const char *end = match_deeper(m, s + count, it + 1);
    if (end) return end;
  }
  return NULL;
}

static const char *match_fewest(matcher *m, const char *s, const item *it) {
  for (;; s++) {
    const char *end = match_deeper(m, s, it + 1);
    if (end || !fits(m, s, it)) return end;
  }
}

// Where a balanced stretch from `first` to `last` ends.
static const char *balance(matcher *m, const char *s, const item *it) {
  if (s >= m->end || (uint8_t)*s != it->first) return NULL;
  int depth = 1;
  for (const char *c = s + 1; c < m->end; c++) {
    step(m, 1);
    if ((uint8_t)*c == it->last) {
      if (--depth == 0) return c + 1;
    } else if ((uint8_t)*c == it->first) {
      depth++;
    }
  }
  return NULL;
}

static bool is_frontier(const matcher *m, const char *s, const item *it) {
  char before = s == m->subject ? '\0' : s[-1], after = s < m->end ? *s : '\0';
  return !is_in(it->set, before) && is_in(it->set, after);
}

static const char *same_again(matcher *m, const char *s, const item *it) {
  const capture *c = &m->captures[it->first];
  if (c->length < 0) luaL_error(m->L, "invalid capture index %%%d in pattern", it->first + 1);
  step(m, (uint64_t)c->length / 8);
  if (m->end - s < c->length || memcmp(c->start, s, (size_t)c->length) != 0) return NULL;
  return s + c->length;
}

// Sets a capture for what follows, and takes it back where that does not match.
static const char *match_capturing(matcher *m, const char *s, const item *it, capture now) {
  capture before = m->captures[it->first];
  m->captures[it->first] = now;
  const char *end = match_deeper(m, s, it + 1);
  if (!end) m->captures[it->first] = before;
  return end;
}

static const char *match_repeated(matcher *m, const char *s, const item *it) {
  if (it->repeat == '-') return match_fewest(m, s, it);
  if (it->repeat != '?') return match_most(m, s, it, it->repeat == '+');
  const char *end = fits(m, s, it) ? match_deeper(m, s + 1, it + 1) : NULL;
  return end ? end : match_deeper(m, s, it + 1);
}

static const char *match(matcher *m, const char *s, const item *it) {
  for (;; it++) {
    step(m, 1);
    switch (it->kind) {
      case ITEM_END: return s;
      case ITEM_LAST: return s == m->end ? s : NULL;
      case ITEM_ONE:
        if (it->repeat) return match_repeated(m, s, it);
        if (!fits(m, s, it)) return NULL;
        s++;
        break;
      case ITEM_OPEN: return match_capturing(m, s, it, (capture){s, OPEN_CAPTURE});
      case ITEM_POSITION: return match_capturing(m, s, it, (capture){s, POSITION_CAPTURE});
      case ITEM_CLOSE: {
        const char *start = m->captures[it->first].start;
        return match_capturing(m, s, it, (capture){start, s - start});
      }
      case ITEM_BALANCE:
        if (!(s = balance(m, s, it))) return NULL;
        break;
      case ITEM_FRONTIER:
        if (!is_frontier(m, s, it)) return NULL;
        break;
      case ITEM_BACK:
        if (!(s = same_again(m, s, it))) return NULL;
        break;
    }
  }
}

const char *clua_match_here(matcher *m, const char *place) {
  m->depth = 0;
  return match(m, place, m->pattern->items);
}

void clua_push_capture(matcher *m, int number, const char *start, const char *end) {
  if (number >= m->pattern->captures) {
    if (number != 0) luaL_error(m->L, "invalid capture index %%%d", number + 1);
    lua_pushlstring(m->L, start, (size_t)(end - start));
    return;
  }
  const capture *c = &m->captures[number];
  if (c->length == POSITION_CAPTURE)
    lua_pushinteger(m->L, c->start - m->subject + 1);
  else
    lua_pushlstring(m->L, c->start, (size_t)c->length);
}
