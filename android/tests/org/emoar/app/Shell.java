package org.emoar.app;

import android.os.Bundle;
import android.webkit.PermissionRequest;
import android.webkit.WebChromeClient;
import android.webkit.WebView;
import android.net.Uri;
import fake.Phone;
import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.Before;
import org.junit.Rule;
import org.junit.rules.TemporaryFolder;

/** A started app on a phone, for the tests. */
public abstract class Shell {
  @Rule public final TemporaryFolder folder = new TemporaryFolder();
  protected MainActivity activity;

  @Before
  public void startOnAndroid14() {
    start(34);
  }

  protected void start(int sdk) {
    Phone.reset(sdk, folder.getRoot());
    activity = new MainActivity();
    activity.onCreate(null);
    activity.onStart();
    Phone.idle();
  }

  /** The page that is shown; null where there is none. */
  protected WebView web() {
    List<android.view.View> children = ((android.view.ViewGroup) activity.content).children;
    for (android.view.View view : children) if (view instanceof WebView) return (WebView) view;
    return null;
  }

  protected Bridge bridge() {
    return (Bridge) web().bridges.get("EmoARShell");
  }

  /** The text and the button in place of the page. */
  protected List<android.view.View> notice() {
    List<android.view.View> children = ((android.view.ViewGroup) activity.content).children;
    return children.isEmpty() || web() != null ? null : ((android.view.ViewGroup) children.get(0)).children;
  }

  protected Bundle restart() {
    Bundle state = new Bundle();
    activity.onSaveInstanceState(state);
    return state;
  }

  /** A request of the page, which remembers its answer. */
  protected static final class Request extends PermissionRequest {
    final String origin;
    final String[] resources;
    String answer = "";

    Request(String origin, String... resources) {
      this.origin = origin;
      this.resources = resources;
    }

    static Request camera() {
      return new Request(WebApp.ORIGIN + "/", RESOURCE_VIDEO_CAPTURE);
    }

    @Override
    public Uri getOrigin() {
      return Uri.parse(origin);
    }

    @Override
    public String[] getResources() {
      return resources;
    }

    @Override
    public void grant(String[] granted) {
      answer += "granted " + Arrays.toString(granted);
    }

    @Override
    public void deny() {
      answer += "denied";
    }
  }

  /** What the page wants of a file chooser. */
  protected static WebChromeClient.FileChooserParams wanted(boolean capture, int mode, String... types) {
    return new WebChromeClient.FileChooserParams() {
      @Override
      public int getMode() {
        return mode;
      }

      @Override
      public String[] getAcceptTypes() {
        return types;
      }

      @Override
      public boolean isCaptureEnabled() {
        return capture;
      }
    };
  }

  /** All files below the cache folder. */
  protected List<File> files() {
    List<File> found = new ArrayList<>();
    collect(folder.getRoot(), found);
    return found;
  }

  private static void collect(File file, List<File> found) {
    File[] children = file.listFiles();
    if (children == null) found.add(file);
    else for (File child : children) collect(child, found);
  }
}
