package org.emoar.app;

import java.io.UnsupportedEncodingException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The addresses of the page: which file of the package answers, with which media type and headers. */
final class WebApp {
  /** Reserved by Google for files of an app: no server on the Internet has this name. */
  static final String ORIGIN = "https://appassets.androidplatform.net";
  static final String START = ORIGIN + "/index.html";
  private static final String FOLDER = "web";
  private static final String POLICY =
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self' 'unsafe-inline';"
          + " img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self' blob: data:;"
          + " manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private WebApp() {}

  static boolean isOurs(String url) {
    return url.equals(ORIGIN) || url.startsWith(ORIGIN + "/");
  }

  /** The asset that answers a URL; null where no asset can. */
  static String asset(String url) {
    if (!isOurs(url)) return null;
    String path = decoded(withoutQuery(url.substring(ORIGIN.length())));
    if (path == null || path.indexOf('\\') >= 0 || path.indexOf('\0') >= 0) return null;
    if (path.isEmpty() || path.equals("/")) return FOLDER + "/index.html";
    String[] names = path.substring(1).split("/", -1);
    for (String name : names) {
      if (name.isEmpty() || name.equals(".") || name.equals("..")) return null;
    }
    return FOLDER + path;
  }

  private static String withoutQuery(String path) {
    for (int i = 0; i < path.length(); i++) {
      if (path.charAt(i) == '?' || path.charAt(i) == '#') return path.substring(0, i);
    }
    return path;
  }

  /** Percent escapes resolved once; null where they are malformed. A plus sign is no space in a path. */
  private static String decoded(String path) {
    byte[] bytes = new byte[path.length()];
    int length = 0;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c >= 128) return null; // a browser escapes it
      if (c == '%') {
        if (i + 2 >= path.length()) return null;
        int high = Character.digit(path.charAt(i + 1), 16);
        int low = Character.digit(path.charAt(i + 2), 16);
        if (high < 0 || low < 0) return null;
        c = (char) (high * 16 + low);
        i += 2;
      }
      bytes[length++] = (byte) c;
    }
    try {
      return new String(bytes, 0, length, "UTF-8");
    } catch (UnsupportedEncodingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  static String mediaType(String name) {
    switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "html":
        return "text/html";
      case "js":
        return "text/javascript";
      case "css":
        return "text/css";
      case "json":
        return "application/json";
      case "webmanifest":
        return "application/manifest+json";
      case "wasm":
        return "application/wasm";
      case "svg":
        return "image/svg+xml";
      case "png":
        return "image/png";
      case "jpg":
        return "image/jpeg";
      case "webp":
        return "image/webp";
      case "glb":
        return "model/gltf-binary";
      case "woff2":
        return "font/woff2";
      case "mp4":
        return "video/mp4";
      case "webm":
        return "video/webm";
      case "csv":
        return "text/csv";
      default:
        return "application/octet-stream";
    }
  }

  /** The charset of a media type that is text; null for others. */
  static String charset(String type) {
    boolean text = type.startsWith("text/") || type.endsWith("json") || type.endsWith("+xml");
    return text ? "utf-8" : null;
  }

  static Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Cache-Control", "no-store"); // the package is the cache
    headers.put("Content-Security-Policy", POLICY);
    headers.put("Cross-Origin-Resource-Policy", "same-origin");
    headers.put("Referrer-Policy", "no-referrer");
    headers.put("X-Content-Type-Options", "nosniff");
    return headers;
  }
}
