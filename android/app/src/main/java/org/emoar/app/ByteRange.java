package org.emoar.app;

/** The part of a file that a Range header asks for; both ends are included. */
final class ByteRange {
  final long first;
  final long last;

  private ByteRange(long first, long last) {
    this.first = first;
    this.last = last;
  }

  long length() {
    return last - first + 1;
  }

  /** The range of a file of that size; null where the header is none that a single part can answer (RFC 9110, 14.2). */
  static ByteRange of(String header, long size) {
    if (!header.startsWith("bytes=")) return null;
    String range = header.substring(6).trim();
    int dash = range.indexOf('-');
    if (dash < 0) return null;
    long from = number(range.substring(0, dash));
    long to = number(range.substring(dash + 1));
    if (from == MALFORMED || to == MALFORMED || from == NONE && to == NONE) return null;
    if (from == NONE) return new ByteRange(Math.max(0, size - to), size - 1); // the last bytes
    if (to != NONE && to < from) return null;
    return new ByteRange(from, to == NONE ? size - 1 : Math.min(to, size - 1));
  }

  /** Whether the file has any of it. */
  boolean isIn(long size) {
    return first < size && length() > 0;
  }

  private static final long NONE = -1;
  private static final long MALFORMED = -2;

  private static long number(String digits) {
    if (digits.isEmpty()) return NONE;
    if (digits.length() > 15) return MALFORMED;
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) < '0' || digits.charAt(i) > '9') return MALFORMED;
    }
    return Long.parseLong(digits);
  }
}
