package org.emoar.app;

import android.graphics.Bitmap;
import android.net.Uri;
import android.view.View;
import android.webkit.PermissionRequest;
import android.webkit.ValueCallback;
import android.webkit.WebChromeClient;
import android.webkit.WebView;

/** What the page needs from around it: the camera, a file chooser, the full screen. */
final class PageChrome extends WebChromeClient {
  private final MainActivity activity;
  private final CameraAccess camera;
  private final FileChooser chooser;
  private CameraRequest asking;
  private View fullScreen;
  private CustomViewCallback fullScreenEnded;

  PageChrome(MainActivity activity, CameraAccess camera, FileChooser chooser) {
    this.activity = activity;
    this.camera = camera;
    this.chooser = chooser;
  }

  @Override
  public void onPermissionRequest(PermissionRequest request) {
    if (!WebApp.isOurs(request.getOrigin().toString()) || !isCameraAlone(request.getResources())) {
      request.deny();
      return;
    }
    asking = new CameraRequest(request);
    camera.request(asking);
  }

  @Override
  public void onPermissionRequestCanceled(PermissionRequest request) {
    if (asking != null && asking.request == request) asking.request = null;
  }

  private static boolean isCameraAlone(String[] resources) {
    return resources.length == 1 && resources[0].equals(PermissionRequest.RESOURCE_VIDEO_CAPTURE);
  }

  private static final class CameraRequest implements CameraAccess.Answer {
    private PermissionRequest request; // null once the page has withdrawn it

    CameraRequest(PermissionRequest request) {
      this.request = request;
    }

    @Override
    public void camera(boolean granted) {
      if (request == null) return;
      if (granted) request.grant(new String[] {PermissionRequest.RESOURCE_VIDEO_CAPTURE});
      else request.deny();
    }
  }

  @Override
  public boolean onShowFileChooser(WebView view, ValueCallback<Uri[]> callback, FileChooserParams params) {
    chooser.show(callback, params);
    return true;
  }

  @Override
  public void onShowCustomView(View view, CustomViewCallback callback) {
    if (fullScreen != null) {
      callback.onCustomViewHidden();
      return;
    }
    fullScreen = view;
    fullScreenEnded = callback;
    activity.showFullScreen(view);
  }

  @Override
  public void onHideCustomView() {
    if (fullScreen == null) return;
    activity.endFullScreen(fullScreen);
    fullScreen = null;
    fullScreenEnded.onCustomViewHidden();
  }

  /** Whether something was in full screen, which has ended now. */
  boolean leaveFullScreen() {
    boolean was = fullScreen != null;
    onHideCustomView();
    return was;
  }

  /** A transparent poster: the default is a grey sign of a film. */
  @Override
  public Bitmap getDefaultVideoPoster() {
    return Bitmap.createBitmap(1, 1, Bitmap.Config.ARGB_8888);
  }
}
