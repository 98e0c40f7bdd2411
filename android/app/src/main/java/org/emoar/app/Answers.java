package org.emoar.app;

import android.content.res.AssetManager;
import android.webkit.WebResourceRequest;
import android.webkit.WebResourceResponse;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** Answers every request of the page from the package; what the package lacks does not exist. */
final class Answers {
  private final AssetManager assets;

  Answers(AssetManager assets) {
    this.assets = assets;
  }

  WebResourceResponse to(WebResourceRequest request) {
    String method = request.getMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) return empty(405, "Method Not Allowed", WebApp.headers());
    String name = WebApp.asset(request.getUrl().toString());
    if (name == null) return empty(404, "Not Found", WebApp.headers());
    try {
      return file(name, header(request, "Range"));
    } catch (IOException absent) {
      return empty(404, "Not Found", WebApp.headers());
    }
  }

  private WebResourceResponse file(String name, String rangeHeader) throws IOException {
    InputStream body = assets.open(name);
    long size = body.available(); // of an asset: all of it
    Map<String, String> headers = WebApp.headers();
    headers.put("Accept-Ranges", "bytes");
    ByteRange range = rangeHeader == null ? null : ByteRange.of(rangeHeader, size);
    if (range == null) return answer(name, 200, "OK", headers, body);
    if (!range.isIn(size)) {
      body.close();
      headers.put("Content-Range", "bytes */" + size);
      return empty(416, "Range Not Satisfiable", headers);
    }
    headers.put("Content-Range", "bytes " + range.first + "-" + range.last + "/" + size);
    headers.put("Content-Length", String.valueOf(range.length()));
    skip(body, range.first);
    return answer(name, 206, "Partial Content", headers, new FirstBytes(body, range.length()));
  }

  private static WebResourceResponse answer(
      String name, int status, String reason, Map<String, String> headers, InputStream body) {
    String type = WebApp.mediaType(name);
    return new WebResourceResponse(type, WebApp.charset(type), status, reason, headers, body);
  }

  private static WebResourceResponse empty(int status, String reason, Map<String, String> headers) {
    InputStream nothing = new ByteArrayInputStream(new byte[0]);
    return new WebResourceResponse("text/plain", "utf-8", status, reason, headers, nothing);
  }

  private static void skip(InputStream body, long count) throws IOException {
    for (long left = count; left > 0; ) {
      long skipped = body.skip(left);
      if (skipped <= 0) throw new EOFException();
      left -= skipped;
    }
  }

  private static String header(WebResourceRequest request, String name) {
    Map<String, String> headers = request.getRequestHeaders();
    if (headers == null) return null;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      if (header.getKey().equalsIgnoreCase(name)) return header.getValue();
    }
    return null;
  }
}
