package android.util;

public class Base64 {
  public static final int DEFAULT = 0;

  public static byte[] decode(String text, int flags) {
    return java.util.Base64.getMimeDecoder().decode(checked(text));
  }

  /** Android refuses what the decoder of Java would skip. */
  private static String checked(String text) {
    if (!text.matches("[A-Za-z0-9+/=\\s]*")) throw new IllegalArgumentException("bad base-64");
    return text;
  }
}
