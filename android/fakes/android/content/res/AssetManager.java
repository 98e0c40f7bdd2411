package android.content.res;

import fake.Phone;

public final class AssetManager {
  public final java.io.InputStream open(String name) throws java.io.IOException {
    byte[] bytes = Phone.assets.get(name);
    if (bytes == null) throw new java.io.FileNotFoundException(name);
    return new java.io.ByteArrayInputStream(bytes);
  }
}
