package android.content;

import fake.Phone;

public abstract class Context {
  private final ContentResolver resolver = new ContentResolver() {};

  public android.content.res.AssetManager getAssets() {
    return new android.content.res.AssetManager();
  }

  public android.content.res.Resources getResources() {
    return new android.content.res.Resources();
  }

  public ContentResolver getContentResolver() {
    return resolver;
  }

  public java.io.File getCacheDir() {
    return Phone.cache;
  }

  public int checkSelfPermission(String permission) {
    return Phone.permissions.contains(permission) ? 0 : -1;
  }

  public final int getColor(int id) {
    return Phone.resource(id).equals("ground") ? (Phone.night ? 0xff10141a : 0xfff6f4ef) : 0;
  }

  public String getPackageName() {
    return "org.emoar.app";
  }

  public void startActivity(Intent intent) {
    Intent inner = intent.target != null ? intent.target : intent;
    if (Phone.absentActions.contains(inner.getAction())) throw new ActivityNotFoundException();
    Phone.opened.add(intent);
  }
}
