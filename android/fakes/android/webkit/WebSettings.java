package android.webkit;

import java.util.HashMap;
import java.util.Map;

public abstract class WebSettings {
  public final Map<String, Boolean> map = new HashMap<>();

  public void setJavaScriptEnabled(boolean on) {
    map.put("JavaScriptEnabled", on);
  }

  public void setDomStorageEnabled(boolean on) {
    map.put("DomStorageEnabled", on);
  }

  public void setAllowFileAccess(boolean on) {
    map.put("AllowFileAccess", on);
  }

  public void setAllowContentAccess(boolean on) {
    map.put("AllowContentAccess", on);
  }

  public void setGeolocationEnabled(boolean on) {
    map.put("GeolocationEnabled", on);
  }

  public void setBlockNetworkLoads(boolean on) {
    map.put("BlockNetworkLoads", on);
  }

  public void setSafeBrowsingEnabled(boolean on) {
    map.put("SafeBrowsingEnabled", on);
  }

  public void setSupportZoom(boolean on) {
    map.put("SupportZoom", on);
  }

  public void setMediaPlaybackRequiresUserGesture(boolean on) {
    map.put("MediaPlaybackRequiresUserGesture", on);
  }
}
