package android.webkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

public class WebView extends android.view.ViewGroup {
  public static final int RENDERER_PRIORITY_IMPORTANT = 2;
  public static final List<WebView> all = new ArrayList<>();

  public final WebSettings settings = new WebSettings() {};
  public final Map<String, Object> bridges = new HashMap<>();
  public final List<String> history = new ArrayList<>();
  public WebViewClient client;
  public WebChromeClient chrome;
  public boolean paused;
  public boolean destroyed;
  public boolean waived;
  public boolean cacheCleared;
  public String scriptResult = "false";

  public WebView(android.content.Context context) {
    super(context);
    if (fake.Phone.webViewAbsent) throw new RuntimeException("no WebView installed");
    all.add(this);
  }

  public void loadUrl(String url) {
    history.add(url);
  }

  public String getUrl() {
    return history.isEmpty() ? null : history.get(history.size() - 1);
  }

  public boolean canGoBack() {
    return history.size() > 1;
  }

  public void goBack() {
    history.remove(history.size() - 1);
  }

  public WebSettings getSettings() {
    return settings;
  }

  public void setWebViewClient(WebViewClient given) {
    client = given;
  }

  public void setWebChromeClient(WebChromeClient given) {
    chrome = given;
  }

  public void addJavascriptInterface(Object object, String name) {
    bridges.put(name, object);
  }

  public void evaluateJavascript(String script, ValueCallback<String> callback) {
    callback.onReceiveValue(scriptResult);
  }

  public void setRendererPriorityPolicy(int priority, boolean waivedWhenNotVisible) {
    waived = waivedWhenNotVisible;
  }

  public void clearCache(boolean diskToo) {
    cacheCleared = true;
  }

  public void onPause() {
    paused = true;
  }

  public void onResume() {
    paused = false;
  }

  public void destroy() {
    destroyed = true;
  }
}
