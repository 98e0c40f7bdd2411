package org.emoar.app;

import android.content.res.AssetManager;
import android.net.Uri;
import android.webkit.WebResourceRequest;
import android.webkit.WebResourceResponse;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import fake.Phone;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Answers as the app does, with the assets of a package: GET /?url=... Prints its port; ends when its input ends. */
public final class PageServer {
  private final Answers answers = new Answers(new AssetManager());

  public static void main(String[] arguments) throws IOException {
    Phone.reset(34, null);
    try (ZipFile apk = new ZipFile(arguments[0])) {
      for (Enumeration<? extends ZipEntry> entries = apk.entries(); entries.hasMoreElements(); ) {
        ZipEntry entry = entries.nextElement();
        if (!entry.getName().startsWith("assets/")) continue;
        Phone.assets.put(entry.getName().substring("assets/".length()), bytes(apk.getInputStream(entry)));
      }
    }
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext("/", new PageServer()::answer);
    server.start();
    System.out.println(server.getAddress().getPort());
    while (System.in.read() >= 0) continue;
    server.stop(0);
  }

  private void answer(HttpExchange exchange) {
    try {
      send(exchange);
    } catch (IOException | RuntimeException error) { // which the server would keep to itself
      System.err.println(exchange.getRequestURI() + ": " + error);
    }
  }

  private void send(HttpExchange exchange) throws IOException {
    String url = URLDecoder.decode(exchange.getRequestURI().getRawQuery().substring("url=".length()), "UTF-8");
    String range = exchange.getRequestHeaders().getFirst("Range");
    WebResourceResponse response = answers.to(request(exchange.getRequestMethod(), url, range));
    byte[] body = bytes(response.body);
    String charset = response.encoding == null ? "" : "; charset=" + response.encoding;
    exchange.getResponseHeaders().set("Connection", "close"); // else it ends idle ones, perhaps under a next request
    exchange.getResponseHeaders().set("Content-Type", response.type + charset);
    for (Map.Entry<String, String> header : response.headers.entrySet()) {
      if (!header.getKey().equals("Content-Length")) exchange.getResponseHeaders().set(header.getKey(), header.getValue());
    }
    exchange.sendResponseHeaders(response.status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static WebResourceRequest request(String method, String url, String range) {
    return new WebResourceRequest() {
      @Override
      public Uri getUrl() {
        return Uri.parse(url);
      }

      @Override
      public String getMethod() {
        return method;
      }

      @Override
      public Map<String, String> getRequestHeaders() {
        return range == null ? Collections.emptyMap() : Collections.singletonMap("Range", range);
      }
    };
  }

  private static byte[] bytes(InputStream in) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[1 << 16];
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) out.write(buffer, 0, n);
    in.close();
    return out.toByteArray();
  }
}
