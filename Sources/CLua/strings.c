#include "host.h"
#include <ctype.h>
#include <string.h>

// The functions of strings that run in C for as long as a text is, where no hook is called: they work in pieces, and pay
// for each. Patterns have a file of their own.

enum { PIECE = 1 << 20, BYTES_PER_INSTRUCTION = 8 };

static void pay(lua_State *L, size_t bytes) { charge(L, bytes / BYTES_PER_INSTRUCTION); }

static size_t piece_of(size_t rest) { return rest < PIECE ? rest : PIECE; }

// Writes a text and what follows it so many times.
static void write_copies(
    lua_State *L, char *at, const char *text, size_t length, lua_Integer count, const char *separator, size_t gap) {
  size_t written = 0;
  while (count-- > 0) {
    memcpy(at, text, length);
    at += length;
    if (count > 0 && gap > 0) {
      memcpy(at, separator, gap);
      at += gap;
    }
    if ((written += length + gap) < PIECE) continue;
    pay(L, written);
    written = 0;
  }
}

static int repeat(lua_State *L) {
  size_t length, gap;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer count = luaL_checkinteger(L, 2);
  const char *separator = luaL_optlstring(L, 3, "", &gap);
  if (count <= 0 || length + gap == 0) {
    lua_pushliteral(L, "");
    return 1;
  }
  const size_t most = (size_t)LUA_MAXINTEGER;
  if (length + gap < length || (size_t)count > most / (length + gap)) return luaL_error(L, "resulting string too large");
  size_t total = (size_t)count * length + (size_t)(count - 1) * gap;
  luaL_Buffer buffer;
  char *start = luaL_buffinitsize(L, &buffer, total);
  write_copies(L, start, text, length, count, separator, gap);
  luaL_pushresultsize(&buffer, total);
  return 1;
}

static int change_case(lua_State *L, int (*change)(int)) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  luaL_Buffer buffer;
  char *result = luaL_buffinitsize(L, &buffer, length);
  for (size_t start = 0; start < length; start += PIECE) {
    size_t end = start + piece_of(length - start);
    pay(L, end - start);
    for (size_t i = start; i < end; i++) result[i] = (char)change((unsigned char)text[i]);
  }
  luaL_pushresultsize(&buffer, length);
  return 1;
}

static int lower(lua_State *L) { return change_case(L, tolower); }
static int upper(lua_State *L) { return change_case(L, toupper); }

static int reverse(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  luaL_Buffer buffer;
  char *result = luaL_buffinitsize(L, &buffer, length);
  for (size_t start = 0; start < length; start += PIECE) {
    size_t end = start + piece_of(length - start);
    pay(L, end - start);
    for (size_t i = start; i < end; i++) result[length - 1 - i] = text[i];
  }
  luaL_pushresultsize(&buffer, length);
  return 1;
}

// MARK: utf8

static bool continues(char byte) { return ((unsigned char)byte & 0xC0) == 0x80; }

// A position in a text from 1, where negative ones count from the end and 0 is before the text.
static lua_Integer absolute(lua_Integer position, size_t length) {
  if (position >= 0) return position;
  return position < -(lua_Integer)length ? 0 : (lua_Integer)length + position + 1;
}

// utf8.len, by the original in the first upvalue on a piece after the other. A piece ends before a character begins.
static int count_characters(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer first = absolute(luaL_optinteger(L, 2, 1), length);
  lua_Integer last = absolute(luaL_optinteger(L, 3, -1), length), count = 0;
  luaL_argcheck(L, first >= 1 && first - 1 <= (lua_Integer)length, 2, "initial position out of bounds");
  luaL_argcheck(L, last <= (lua_Integer)length, 3, "final position out of bounds");
  lua_settop(L, 4);
  while (first <= last) {
    lua_Integer end = first + (lua_Integer)piece_of((size_t)(last - first + 1)) - 1;
    while (end < last && continues(text[end])) end++;
    pay(L, (size_t)(end - first + 1));
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, 1);
    lua_pushinteger(L, first);
    lua_pushinteger(L, end);
    lua_pushvalue(L, 4);
    lua_call(L, 4, 2);
    if (lua_isnil(L, -2)) return 2;  // nil and the position of a byte that belongs to no character
    count += lua_tointeger(L, -2);
    lua_pop(L, 2);
    first = end + 1;
  }
  lua_pushinteger(L, count);
  return 1;
}

// Moves to where the next character begins, or the one before; looks at the interrupt at times.
static size_t next_character(lua_State *L, const char *text, size_t length, size_t at, int direction) {
  do {
    at = direction > 0 ? at + 1 : at - 1;
    if (at % PIECE == 0) pay(L, PIECE);
  } while (at > 0 && at < length && continues(text[at]));
  return at;
}

static int offset(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  lua_Integer count = luaL_checkinteger(L, 2);
  lua_Integer start = absolute(luaL_optinteger(L, 3, count >= 0 ? 1 : (lua_Integer)length + 1), length);
  luaL_argcheck(L, start >= 1 && start - 1 <= (lua_Integer)length, 3, "position out of bounds");
  size_t at = (size_t)start - 1;
  pay(L, length < PIECE ? length : 0);
  if (count == 0) {
    if (at < length && at > 0 && continues(text[at])) at = next_character(L, text, length, at, -1);
    lua_pushinteger(L, (lua_Integer)at + 1);
    return 1;
  }
  if (at < length && continues(text[at])) return luaL_error(L, "initial position is a continuation byte");
  if (count > 0) {
    for (count--; count > 0 && at < length; count--) at = next_character(L, text, length, at, 1);
  } else {
    for (; count < 0 && at > 0; count++) at = next_character(L, text, length, at, -1);
  }
  if (count == 0) lua_pushinteger(L, (lua_Integer)at + 1);
  else lua_pushnil(L);
  return 1;
}

void clua_open_strings(lua_State *L) {
  static const luaL_Reg strings[] = {
      {"lower", lower}, {"rep", repeat}, {"reverse", reverse}, {"upper", upper}, {NULL, NULL}};
  lua_getglobal(L, "string");
  luaL_setfuncs(L, strings, 0);
  lua_getglobal(L, "utf8");
  lua_getfield(L, -1, "len");
  lua_pushcclosure(L, count_characters, 1);
  lua_setfield(L, -2, "len");
  lua_pushcfunction(L, offset);
  lua_setfield(L, -2, "offset");
  lua_pop(L, 2);
}
