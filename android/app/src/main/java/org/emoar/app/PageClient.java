package org.emoar.app;

import android.content.Intent;
import android.webkit.RenderProcessGoneDetail;
import android.webkit.WebResourceRequest;
import android.webkit.WebResourceResponse;
import android.webkit.WebView;
import android.webkit.WebViewClient;

/** Keeps the page inside the package. */
final class PageClient extends WebViewClient {
  private final MainActivity activity;
  private final Answers answers;

  PageClient(MainActivity activity) {
    this.activity = activity;
    answers = new Answers(activity.getAssets());
  }

  @Override
  public WebResourceResponse shouldInterceptRequest(WebView view, WebResourceRequest request) {
    return answers.to(request);
  }

  /** Links out of the app open in the browser; nothing else does. */
  @Override
  public boolean shouldOverrideUrlLoading(WebView view, WebResourceRequest request) {
    String url = request.getUrl().toString();
    if (WebApp.isOurs(url)) return false;
    if (url.startsWith("https://")) activity.open(new Intent(Intent.ACTION_VIEW, request.getUrl()));
    return true;
  }

  @Override
  public boolean onRenderProcessGone(WebView view, RenderProcessGoneDetail detail) {
    activity.pageGone(view);
    return true; // else Android ends the app
  }
}
