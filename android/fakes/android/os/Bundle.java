package android.os;

import java.util.HashMap;
import java.util.Map;

public final class Bundle {
  private final Map<String, String> map = new HashMap<>();

  public void putString(String key, String value) {
    map.put(key, value);
  }

  public String getString(String key) {
    return map.get(key);
  }
}
