package android.net;

public abstract class Uri implements android.os.Parcelable {
  public static Uri parse(String text) {
    return new Parsed(text);
  }

  public static Uri fromParts(String scheme, String specific, String fragment) {
    return new Parsed(scheme + ":" + specific);
  }

  public abstract String getPath();

  @Override
  public abstract String toString();

  private static final class Parsed extends Uri {
    private final String text;

    Parsed(String text) {
      this.text = text;
    }

    @Override
    public String getPath() {
      return java.net.URI.create(text).getPath();
    }

    @Override
    public String toString() {
      return text;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Parsed && ((Parsed) other).text.equals(text);
    }

    @Override
    public int hashCode() {
      return text.hashCode();
    }
  }
}
