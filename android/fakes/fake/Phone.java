package fake;

import android.content.ContentValues;
import android.content.Intent;
import android.net.Uri;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The phone that the classes of this folder pretend to be: its state, and what an app did to it. */
public final class Phone {
  private Phone() {}

  /** One entry of the media store. */
  public static final class Media {
    public final Uri collection;
    public final Map<String, Object> values = new HashMap<>();
    public final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    public Media(Uri collection, ContentValues values) {
      this.collection = collection;
      this.values.putAll(values.map);
    }
  }

  public static java.io.File cache;
  public static final Map<String, byte[]> assets = new HashMap<>();
  public static final Set<String> permissions = new HashSet<>();
  public static final List<String[]> asked = new ArrayList<>();
  public static boolean rationale;
  public static boolean webViewAbsent;
  public static boolean diskFull;
  public static boolean night;
  public static long nowMs;
  public static final Set<String> absentActions = new HashSet<>();
  public static final List<Intent> opened = new ArrayList<>();
  public static final List<Integer> requests = new ArrayList<>();
  public static final List<String> toasts = new ArrayList<>();
  public static final Map<Uri, Media> media = new LinkedHashMap<>();
  public static final Map<Uri, ByteArrayOutputStream> documents = new HashMap<>();
  public static final Deque<Runnable> mainThread = new ArrayDeque<>();

  public static void reset(int sdk, java.io.File cacheFolder) {
    android.os.Build.VERSION.SDK_INT = sdk;
    cache = cacheFolder;
    assets.clear();
    permissions.clear();
    asked.clear();
    rationale = webViewAbsent = diskFull = night = false;
    nowMs = 1_000_000;
    absentActions.clear();
    opened.clear();
    requests.clear();
    toasts.clear();
    media.clear();
    documents.clear();
    mainThread.clear();
    android.webkit.WebView.all.clear();
  }

  /** Runs what waits for the main thread. */
  public static void idle() {
    while (!mainThread.isEmpty()) mainThread.removeFirst().run();
  }

  /** The name of a resource of the app, such as "saved" of R.string.saved. */
  public static String resource(int id) {
    for (Class<?> kind : resources().getClasses()) {
      for (java.lang.reflect.Field field : kind.getFields()) {
        try {
          if (field.getType() == int.class && field.getInt(null) == id) return field.getName();
        } catch (IllegalAccessException e) {
          throw new AssertionError(e);
        }
      }
    }
    throw new AssertionError("no resource " + Integer.toHexString(id));
  }

  private static Class<?> resources() {
    try {
      return Class.forName("org.emoar.app.R");
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
