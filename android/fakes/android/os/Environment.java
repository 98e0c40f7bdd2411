package android.os;

public class Environment {
  public static String DIRECTORY_PICTURES = "Pictures";
  public static String DIRECTORY_MOVIES = "Movies";
  public static String DIRECTORY_DOWNLOADS = "Download";
}
