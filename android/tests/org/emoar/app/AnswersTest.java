package org.emoar.app;

import static org.junit.Assert.*;

import android.content.res.AssetManager;
import android.net.Uri;
import android.webkit.WebResourceRequest;
import android.webkit.WebResourceResponse;
import fake.Phone;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.Map;
import org.junit.Before;
import org.junit.Test;

public class AnswersTest {
  @Before
  public void file() {
    Phone.reset(34, null);
    Phone.assets.put("web/ten.bin", "0123456789".getBytes());
    Phone.assets.put("web/empty.json", new byte[0]);
  }

  private static WebResourceResponse get(String path, String range) {
    return ask("GET", WebApp.ORIGIN + path, range);
  }

  private static WebResourceResponse ask(String method, String url, String range) {
    return new Answers(new AssetManager())
        .to(
            new WebResourceRequest() {
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
                return range == null ? null : Collections.singletonMap("range", range);
              }
            });
  }

  private static String text(InputStream in) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0; b = in.read()) out.write(b);
    return out.toString("UTF-8");
  }

  @Test
  public void aFileIsAnswered() throws IOException {
    WebResourceResponse answer = get("/ten.bin?v=1", null);
    assertEquals(200, answer.status);
    assertEquals("application/octet-stream", answer.type);
    assertEquals("0123456789", text(answer.body));
    assertEquals("bytes", answer.headers.get("Accept-Ranges"));
    assertEquals("utf-8", get("/empty.json", null).encoding);
  }

  @Test
  public void partsAreAnswered() throws IOException {
    String[][] cases = {
      {"bytes=0-3", "0123", "bytes 0-3/10"}, {"bytes=4-", "456789", "bytes 4-9/10"}, {"bytes=-2", "89", "bytes 8-9/10"},
      {"bytes=9-99", "9", "bytes 9-9/10"}, {"bytes=-99", "0123456789", "bytes 0-9/10"}
    };
    for (String[] row : cases) {
      WebResourceResponse answer = get("/ten.bin", row[0]);
      assertEquals(row[0], 206, answer.status);
      assertEquals(row[2], answer.headers.get("Content-Range"));
      assertEquals(String.valueOf(row[1].length()), answer.headers.get("Content-Length"));
      byte[] buffer = new byte[64];
      int count = answer.body.read(buffer, 0, buffer.length);
      assertEquals(row[1], new String(buffer, 0, count));
      assertEquals("it ends there", -1, answer.body.read());
    }
  }

  @Test
  public void rangesThatAreNoneGiveTheWholeFile() throws IOException {
    String[] bad = {"bytes=", "bytes=-", "bytes=3-1", "bytes=a-b", "bytes=1-2,4-5", "items=0-1", "bytes=--1", "bytes=99999999999999999999-"};
    for (String range : bad) {
      WebResourceResponse answer = get("/ten.bin", range);
      assertEquals(range, 200, answer.status);
      assertEquals(range, "0123456789", text(answer.body));
    }
  }

  @Test
  public void partsBehindTheEndDoNotExist() throws IOException {
    WebResourceResponse answer = get("/ten.bin", "bytes=10-");
    assertEquals(416, answer.status);
    assertEquals("bytes */10", answer.headers.get("Content-Range"));
    assertEquals(416, get("/ten.bin", "bytes=-0").status);
    assertEquals(416, get("/empty.json", "bytes=0-").status);
  }

  @Test
  public void whatIsNotThereIsNotFound() throws IOException {
    assertEquals(404, get("/absent.js", null).status);
    assertEquals(404, get("/../ten.bin", null).status);
    WebResourceResponse elsewhere = ask("GET", "https://example.org/ten.bin", null);
    assertEquals("an answer, so that Android does not try the network", 404, elsewhere.status);
    assertEquals("", text(elsewhere.body));
    assertEquals(405, ask("POST", WebApp.ORIGIN + "/ten.bin", null).status);
  }

  @Test
  public void everyAnswerHasThePolicy() {
    for (WebResourceResponse answer : new WebResourceResponse[] {get("/ten.bin", null), get("/x", null), get("/ten.bin", "bytes=1-")}) {
      assertTrue(answer.headers.get("Content-Security-Policy").contains("connect-src 'self'"));
    }
  }
}
