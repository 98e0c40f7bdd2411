package android.webkit;

public class WebChromeClient {
  public void onPermissionRequest(PermissionRequest request) {}

  public void onPermissionRequestCanceled(PermissionRequest request) {}

  public boolean onShowFileChooser(
      WebView view, ValueCallback<android.net.Uri[]> callback, FileChooserParams params) {
    return false;
  }

  public void onShowCustomView(android.view.View view, CustomViewCallback callback) {}

  public void onHideCustomView() {}

  public android.graphics.Bitmap getDefaultVideoPoster() {
    return null;
  }

  public interface CustomViewCallback {
    void onCustomViewHidden();
  }

  public abstract static class FileChooserParams {
    public static final int MODE_OPEN_MULTIPLE = 1;

    public abstract int getMode();

    public abstract String[] getAcceptTypes();

    public abstract boolean isCaptureEnabled();
  }
}
