package android.content;

import java.util.HashMap;
import java.util.Map;

public final class ContentValues {
  public final Map<String, Object> map = new HashMap<>();

  public void put(String key, String value) {
    map.put(key, value);
  }

  public void put(String key, Integer value) {
    map.put(key, value);
  }
}
