package org.emoar.app;

import static org.junit.Assert.*;

import android.content.Intent;
import android.content.res.Configuration;
import android.graphics.Insets;
import android.net.Uri;
import android.os.Bundle;
import android.view.View;
import android.view.WindowInsets;
import android.webkit.WebChromeClient;
import android.webkit.WebResourceRequest;
import android.webkit.WebView;
import android.widget.TextView;
import fake.Phone;
import java.util.Map;
import org.junit.Test;

public class MainActivityTest extends Shell {
  private static final int SCREEN_ON = 0x80;

  private boolean dies(WebView view) {
    return view.client.onRenderProcessGone(view, null);
  }

  @Test
  public void thePageIsOursAndClosedIn() {
    assertEquals(WebApp.START, web().getUrl());
    Map<String, Boolean> settings = web().settings.map;
    for (String open : new String[] {"AllowFileAccess", "AllowContentAccess", "GeolocationEnabled", "SafeBrowsingEnabled"}) {
      assertEquals(open, false, settings.get(open));
    }
    assertEquals(true, settings.get("BlockNetworkLoads"));
    assertEquals(true, settings.get("JavaScriptEnabled"));
    assertEquals(1, web().bridges.size());
    assertTrue("it may go first when it is hidden", web().waived);
  }

  private boolean leaves(String url) {
    return web().client.shouldOverrideUrlLoading(web(), new WebResourceRequest() {
      @Override
      public Uri getUrl() {
        return Uri.parse(url);
      }

      @Override
      public String getMethod() {
        return "GET";
      }

      @Override
      public Map<String, String> getRequestHeaders() {
        return null;
      }
    });
  }

  @Test
  public void linksOutOpenInTheBrowser() {
    assertFalse(leaves(WebApp.ORIGIN + "/index.html#/photo"));
    assertTrue(leaves("https://example.org/"));
    assertEquals("https://example.org/", Phone.opened.get(0).getData().toString());
    for (String url : new String[] {"http://example.org/", "file:///etc/hosts", "intent://x", "javascript:alert(1)"}) {
      assertTrue(url, leaves(url));
    }
    assertEquals("nothing else opens", 1, Phone.opened.size());
    Phone.absentActions.add(Intent.ACTION_VIEW);
    assertTrue(leaves("https://example.org/"));
    Phone.idle();
    assertEquals("no_app", Phone.toasts.get(0));
  }

  @Test
  public void thePageComesBackOnceByItself() {
    WebView first = web();
    first.loadUrl(WebApp.START + "#/photo");
    assertTrue(dies(first));
    assertTrue(first.destroyed);
    WebView second = web();
    assertNotSame(first, second);
    assertEquals("on the same screen", WebApp.START + "#/photo", second.getUrl());
    Phone.nowMs += 59_000;
    assertTrue(dies(second));
    assertNull(web());
    assertEquals("page_ended", ((TextView) notice().get(0)).text);
    View button = notice().get(1);
    button.clickListener.onClick(button);
    assertEquals(WebApp.START, web().getUrl());
  }

  @Test
  public void aMinuteLaterItComesBackAgain() {
    dies(web());
    Phone.nowMs += 61_000;
    dies(web());
    assertNotNull(web());
  }

  @Test
  public void endedForMemoryWhileHiddenItComesBackWhenItIsSeen() {
    for (int i = 0; i < 3; i++) {
      activity.onStop();
      dies(web());
      assertNull("not before", web());
      activity.onStart();
      assertNotNull("and without a limit", web());
    }
  }

  @Test
  public void anOldPageThatEndsChangesNothing() {
    WebView first = web();
    dies(first);
    WebView second = web();
    assertTrue(dies(first));
    assertSame(second, web());
  }

  @Test
  public void withoutAWebViewThereIsAText() {
    Phone.webViewAbsent = true;
    activity = new MainActivity();
    activity.onCreate(null);
    activity.onStart();
    assertEquals("no_webview", ((TextView) notice().get(0)).text);
    assertEquals("again", ((TextView) notice().get(1)).text);
    activity.onBackPressed();
    assertTrue(activity.finished);
    Phone.webViewAbsent = false;
    notice().get(1).clickListener.onClick(null);
    assertNotNull(web());
    activity.onStop();
    activity.onDestroy();
  }

  @Test
  public void backClosesThenGoesBackThenLeavesInTheBackground() {
    web().loadUrl(WebApp.START + "#/photo");
    web().scriptResult = "true"; // a panel was closed
    activity.onBackPressed();
    assertEquals(2, web().history.size());
    web().scriptResult = "false";
    activity.onBackPressed();
    assertEquals(1, web().history.size());
    activity.onBackPressed();
    assertTrue("a session is kept", activity.inBackground && !activity.finished);
  }

  @Test
  public void backLeavesTheFullScreenFirst() {
    int[] ended = {0};
    View film = new View(null);
    WebChromeClient chrome = web().chrome;
    chrome.onShowCustomView(film, () -> ended[0]++);
    assertTrue(((android.view.ViewGroup) activity.content).children.contains(film));
    assertTrue(activity.getWindow().barsHidden);
    chrome.onShowCustomView(new View(null), () -> ended[0] += 10); // a second one is refused
    assertEquals(10, ended[0]);
    activity.onBackPressed();
    assertEquals(11, ended[0]);
    assertFalse(((android.view.ViewGroup) activity.content).children.contains(film));
    assertFalse(activity.getWindow().barsHidden || activity.inBackground);
    assertNotNull(chrome.getDefaultVideoPoster());
  }

  @Test
  public void fullScreenBeforeAndroid11() {
    start(27);
    web().chrome.onShowCustomView(new View(null), () -> {});
    int hidden = View.SYSTEM_UI_FLAG_FULLSCREEN | View.SYSTEM_UI_FLAG_HIDE_NAVIGATION;
    assertEquals(hidden, activity.getWindow().getDecorView().uiFlags & hidden);
    web().chrome.onHideCustomView();
    assertEquals(0, activity.getWindow().getDecorView().uiFlags & hidden);
  }

  @Test
  public void theScreenStaysOnWhileLive() {
    Bridge bridge = bridge();
    bridge.live(true);
    assertEquals("on the main thread alone", 0, activity.getWindow().flags & SCREEN_ON);
    Phone.idle();
    assertEquals(SCREEN_ON, activity.getWindow().flags & SCREEN_ON);
    bridge.live(false);
    Phone.idle();
    assertEquals(0, activity.getWindow().flags & SCREEN_ON);
    bridge.live(true);
    dies(web());
    Phone.idle();
    assertEquals("a page that ended is not live", 0, activity.getWindow().flags & SCREEN_ON);
  }

  @Test
  public void hiddenThePageIsPausedAndReleasesTheCamera() {
    activity.onStop();
    assertTrue(web().paused);
    activity.onStart();
    assertFalse(web().paused);
  }

  @Test
  public void lowMemory() {
    activity.onLowMemory();
    assertTrue(web().cacheCleared);
  }

  @Test
  public void theScreenIsKeptWhenAndroidEndsTheApp() {
    web().loadUrl(WebApp.START + "#/learn");
    Bundle state = restart();
    activity = new MainActivity();
    activity.onCreate(state);
    assertEquals(WebApp.START + "#/learn", web().getUrl());
    state.putString("url", "https://example.org/");
    activity = new MainActivity();
    activity.onCreate(state);
    assertEquals("another page never", WebApp.START, web().getUrl());
  }

  @Test
  public void thePageIsClearOfBarsCutOutAndKeyboard() {
    View root = activity.content;
    WindowInsets insets = new WindowInsets(Insets.of(1, 2, 3, 4));
    root.insetsListener.onApplyWindowInsets(root, insets);
    assertArrayEquals(new int[] {1, 2, 3, 4}, root.padding);
    assertEquals("bars, keyboard, cut-out", 7 | 8 | 128, insets.kinds);
    start(28);
    root = activity.content;
    root.insetsListener.onApplyWindowInsets(root, new WindowInsets(Insets.of(5, 6, 7, 8)));
    assertArrayEquals(new int[] {5, 6, 7, 8}, root.padding);
  }

  @Test
  public void coloursFollowTheTheme() {
    int dark = View.SYSTEM_UI_FLAG_LIGHT_STATUS_BAR;
    WebView before = web();
    assertEquals(0xfff6f4ef, activity.content.colour);
    assertEquals("dark icons", dark, activity.getWindow().getDecorView().uiFlags & dark);
    Phone.night = true;
    activity.onConfigurationChanged(new Configuration());
    assertSame("the page stays", before, web());
    assertEquals(0xff10141a, activity.content.colour);
    assertEquals(0xff10141a, web().colour);
    assertEquals(0xff10141a, activity.getWindow().statusBar);
    assertEquals(0, activity.getWindow().getDecorView().uiFlags & dark);
  }

  @Test
  public void theEndDestroysThePage() {
    WebView view = web();
    activity.onStop();
    activity.onDestroy();
    assertTrue(view.destroyed);
  }
}
