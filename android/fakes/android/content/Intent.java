package android.content;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

public class Intent {
  public static final String ACTION_VIEW = "android.intent.action.VIEW";
  public static final String ACTION_SEND = "android.intent.action.SEND";
  public static final String ACTION_GET_CONTENT = "android.intent.action.GET_CONTENT";
  public static final String ACTION_CREATE_DOCUMENT = "android.intent.action.CREATE_DOCUMENT";
  public static final String CATEGORY_OPENABLE = "android.intent.category.OPENABLE";
  public static final String EXTRA_ALLOW_MULTIPLE = "android.intent.extra.ALLOW_MULTIPLE";
  public static final String EXTRA_STREAM = "android.intent.extra.STREAM";
  public static final String EXTRA_TITLE = "android.intent.extra.TITLE";
  public static final int FLAG_GRANT_READ_URI_PERMISSION = 1;
  public static final int FLAG_GRANT_WRITE_URI_PERMISSION = 2;

  private final String action;
  private android.net.Uri data;
  private ClipData clip;
  public String type;
  public int flags;
  public final Set<String> categories = new HashSet<>();
  public final Map<String, Object> extras = new HashMap<>();
  Intent target; // of a chooser

  public Intent(String action) {
    this.action = action;
  }

  public Intent(String action, android.net.Uri data) {
    this.action = action;
    this.data = data;
  }

  public String getAction() {
    return action;
  }

  public android.net.Uri getData() {
    return data;
  }

  public ClipData getClipData() {
    return clip;
  }

  public void setClipData(ClipData given) {
    clip = given;
  }

  public Intent addCategory(String category) {
    categories.add(category);
    return this;
  }

  public Intent setType(String given) {
    type = given;
    return this;
  }

  public Intent addFlags(int more) {
    flags |= more;
    return this;
  }

  public Intent putExtra(String name, String value) {
    extras.put(name, value);
    return this;
  }

  public Intent putExtra(String name, boolean value) {
    extras.put(name, value);
    return this;
  }

  public Intent putExtra(String name, android.os.Parcelable value) {
    extras.put(name, value);
    return this;
  }

  public static Intent createChooser(Intent target, CharSequence title) {
    Intent chooser = new Intent("android.intent.action.CHOOSER");
    chooser.target = target;
    return chooser;
  }

  /** What a chooser offers. */
  public Intent chosen() {
    return target;
  }
}
