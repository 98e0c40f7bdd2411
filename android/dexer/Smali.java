import org.objectweb.asm.tree.analysis.BasicValue;

/** Spelling of smali. */
final class Smali {
  /** Names of the access flags, from the lowest bit; empty where smali needs none. */
  static final String[] CLASS_FLAGS =
      ("public private protected static final - - - - interface abstract - synthetic annotation enum").split(" ");

  static final String[] FIELD_FLAGS =
      ("public private protected static final - volatile transient - - - - synthetic - enum").split(" ");
  static final String[] METHOD_FLAGS =
      ("public private protected static final - bridge varargs native - abstract strictfp synthetic").split(" ");

  private Smali() {}

  static String flags(int access, String[] names) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < names.length; i++) {
      if ((access >> i & 1) != 0 && !names[i].equals("-")) out.append(names[i]).append(' ');
    }
    return out.toString();
  }

  static String number(long value) {
    return value < 0 ? "-0x" + Long.toHexString(-value) : "0x" + Long.toHexString(value);
  }

  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') out.append('\\').append(c);
      else if (c < ' ' || c > '~') out.append(String.format("\\u%04x", (int) c));
      else out.append(c);
    }
    return out.append('"').toString();
  }

  /** An internal name, such as java/lang/String or [I, as a descriptor. */
  static String descriptor(String internal) {
    return internal.startsWith("[") ? internal : "L" + internal + ";";
  }

  /** What follows "move", "return" and "move-result" for a value. */
  static String kind(BasicValue value) {
    return value.isReference() ? "-object" : value.getSize() == 2 ? "-wide" : "";
  }

  /** What follows "iget", "sput" and "aget" for a type. */
  static String access(String descriptor) {
    switch (descriptor.charAt(0)) {
      case 'Z':
        return "-boolean";
      case 'B':
        return "-byte";
      case 'C':
        return "-char";
      case 'S':
        return "-short";
      case 'J':
      case 'D':
        return "-wide";
      case 'L':
      case '[':
        return "-object";
      default:
        return "";
    }
  }

  /** Java's instructions for arrays of bytes serve arrays of booleans too; DEX has two kinds. */
  static void refuseBooleanArrays(String descriptor, String where) {
    if (descriptor.contains("[Z")) throw new IllegalArgumentException("no translation for boolean[] in " + where);
  }
}
