package org.emoar.app;

import android.app.Activity;
import android.content.ActivityNotFoundException;
import android.content.Intent;
import android.content.res.Configuration;
import android.os.Bundle;
import android.os.SystemClock;
import android.view.View;
import android.webkit.ValueCallback;
import android.webkit.WebSettings;
import android.webkit.WebView;
import android.widget.FrameLayout;
import android.widget.Toast;

/** The one screen: a web view that can load nothing but the files of this package. */
public final class MainActivity extends Activity {
  /** A page that ends twice within this time does not come back by itself. */
  private static final long AGAIN_MS = 60_000;
  private static final String BACK = "Boolean(window.emoarBack && window.emoarBack())";

  private FrameLayout root;
  private Bars bars;
  private CameraAccess camera;
  private FileChooser chooser;
  private Bridge bridge;
  private PageChrome chrome;
  private WebView web; // null while there is no page
  private boolean started;
  private String lostUrl; // of a page that ended while it was hidden
  private long lastEndMs = -AGAIN_MS;

  @Override
  protected void onCreate(Bundle state) {
    super.onCreate(state);
    root = new FrameLayout(this);
    bars = new Bars(this, root);
    setContentView(root);
    camera = new CameraAccess(this);
    chooser = new FileChooser(this, camera);
    bridge = new Bridge(this, camera);
    chrome = new PageChrome(this, camera, chooser);
    if (state == null) SharedFiles.deleteAll(this);
    String url = state == null ? null : state.getString("url");
    openPage(url != null && WebApp.isOurs(url) ? url : WebApp.START);
  }

  private void openPage(String url) {
    root.removeAllViews();
    try {
      web = new WebView(this);
    } catch (RuntimeException absent) { // none on this phone, or it is being updated
      notice(R.string.no_webview);
      return;
    }
    web.setBackgroundColor(getColor(R.color.ground));
    configure(web.getSettings());
    web.setWebViewClient(new PageClient(this));
    web.setWebChromeClient(chrome);
    web.addJavascriptInterface(bridge, "EmoARShell");
    web.setRendererPriorityPolicy(WebView.RENDERER_PRIORITY_IMPORTANT, true); // hidden, it may go first
    root.addView(web);
    web.loadUrl(url);
  }

  private static void configure(WebSettings settings) {
    settings.setJavaScriptEnabled(true);
    settings.setDomStorageEnabled(true);
    settings.setAllowFileAccess(false);
    settings.setAllowContentAccess(false);
    settings.setGeolocationEnabled(false);
    settings.setBlockNetworkLoads(true);
    settings.setSafeBrowsingEnabled(false); // it would ask Google about addresses
    settings.setSupportZoom(false);
    settings.setMediaPlaybackRequiresUserGesture(false);
  }

  /** The page's process has ended. It comes back by itself once; soon after that, only when the person wants it. */
  void pageGone(WebView view) {
    if (view != web) return;
    String url = web.getUrl();
    closePage();
    if (!started) { // Android needed the memory
      lostUrl = url == null ? WebApp.START : url;
      return;
    }
    long now = SystemClock.elapsedRealtime();
    boolean again = now - lastEndMs < AGAIN_MS;
    lastEndMs = now;
    if (again) notice(R.string.page_ended);
    else openPage(url == null ? WebApp.START : url);
  }

  private void closePage() {
    chrome.leaveFullScreen();
    bridge.live(false);
    root.removeAllViews();
    web.destroy();
    web = null;
  }

  /** A text in place of the page, with a button that tries again. */
  private void notice(int text) {
    root.removeAllViews();
    Runnable again =
        new Runnable() {
          @Override
          public void run() {
            openPage(WebApp.START);
          }
        };
    root.addView(Notice.view(this, text, again));
  }

  void showFullScreen(View view) {
    root.addView(view);
    bars.hide();
  }

  void endFullScreen(View view) {
    root.removeView(view);
    bars.show();
  }

  /** Whether an app was there to open it. */
  boolean open(Intent intent) {
    try {
      startActivity(intent);
      return true;
    } catch (ActivityNotFoundException absent) {
      show(R.string.no_app);
      return false;
    }
  }

  /** Shows a short text for a moment. */
  void show(final int text) {
    runOnUiThread(
        new Runnable() {
          @Override
          public void run() {
            Toast.makeText(MainActivity.this, text, Toast.LENGTH_LONG).show();
          }
        });
  }

  @Override
  public void onRequestPermissionsResult(int request, String[] permissions, int[] results) {
    if (request == CameraAccess.REQUEST) camera.onResult(results);
  }

  @Override
  protected void onActivityResult(int request, int result, Intent data) {
    if (request == Saver.PLACE) bridge.saver().onPlace(result, data);
    else if (request == FileChooser.CHOOSE || request == FileChooser.TAKE) chooser.onResult(request, result, data);
  }

  /** First the page's panels close, then its screens go back, then the app goes to the background and keeps its state. */
  @Override
  public void onBackPressed() {
    if (chrome.leaveFullScreen()) return;
    if (web == null) {
      finish();
      return;
    }
    web.evaluateJavascript(
        BACK,
        new ValueCallback<String>() {
          @Override
          public void onReceiveValue(String closed) {
            if ("true".equals(closed)) return;
            if (web != null && web.canGoBack()) web.goBack();
            else moveTaskToBack(true);
          }
        });
  }

  /** Pauses between stop and start, and not between pause and resume: in a split screen the page stays in sight. */
  @Override
  protected void onStart() {
    super.onStart();
    started = true;
    if (web != null) web.onResume();
    if (lostUrl != null) {
      openPage(lostUrl);
      lostUrl = null;
    }
  }

  @Override
  protected void onStop() {
    started = false;
    if (web != null) web.onPause(); // hides the page, which releases the camera
    super.onStop();
  }

  @Override
  public void onLowMemory() {
    super.onLowMemory();
    if (web != null) web.clearCache(false);
  }

  @Override
  public void onConfigurationChanged(Configuration configuration) {
    super.onConfigurationChanged(configuration);
    bars.update();
    if (web != null) web.setBackgroundColor(getColor(R.color.ground));
  }

  @Override
  protected void onSaveInstanceState(Bundle state) {
    super.onSaveInstanceState(state);
    if (web != null) state.putString("url", web.getUrl());
  }

  @Override
  protected void onDestroy() {
    if (web != null) closePage();
    super.onDestroy();
  }
}
