package android.content.res;

public class Resources {
  public Configuration getConfiguration() {
    Configuration configuration = new Configuration();
    configuration.uiMode = fake.Phone.night ? Configuration.UI_MODE_NIGHT_YES : 0x10;
    return configuration;
  }

  public android.util.DisplayMetrics getDisplayMetrics() {
    return new android.util.DisplayMetrics();
  }
}
