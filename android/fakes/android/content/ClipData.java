package android.content;

import java.util.ArrayList;
import java.util.List;

public class ClipData {
  private final List<Item> items = new ArrayList<>();

  public static class Item {
    private final android.net.Uri uri;

    public Item(android.net.Uri uri) {
      this.uri = uri;
    }

    public android.net.Uri getUri() {
      return uri;
    }
  }

  public static ClipData newRawUri(CharSequence label, android.net.Uri uri) {
    return new ClipData().with(uri);
  }

  /** One more item, for what an app receives. */
  public ClipData with(android.net.Uri uri) {
    items.add(new Item(uri));
    return this;
  }

  public int getItemCount() {
    return items.size();
  }

  public Item getItemAt(int index) {
    return items.get(index);
  }
}
