package android.os;

public class Build {
  public static class VERSION {
    /** Set by the tests; on Android it is final, and no constant of the compiler's. */
    public static int SDK_INT;
  }

  public static class VERSION_CODES {
    public static final int Q = 29;
    public static final int R = 30;
  }
}
