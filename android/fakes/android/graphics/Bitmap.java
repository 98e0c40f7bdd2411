package android.graphics;

public final class Bitmap {
  public static Bitmap createBitmap(int width, int height, Config config) {
    return new Bitmap();
  }

  public enum Config {
    ARGB_8888
  }
}
