package org.emoar.app;

import android.app.Activity;
import android.view.Gravity;
import android.view.View;
import android.widget.Button;
import android.widget.LinearLayout;
import android.widget.TextView;

/** A text with a button, where there is no page. */
final class Notice {
  private static final int TEXT_SP = 18;
  private static final int EDGE_DP = 24;

  private Notice() {}

  static View view(Activity activity, int text, final Runnable again) {
    int edge = Math.round(EDGE_DP * activity.getResources().getDisplayMetrics().density);
    LinearLayout column = new LinearLayout(activity);
    column.setOrientation(LinearLayout.VERTICAL);
    column.setGravity(Gravity.CENTER);
    column.setPadding(edge, edge, edge, edge);
    TextView explanation = new TextView(activity);
    explanation.setText(text);
    explanation.setTextSize(TEXT_SP);
    explanation.setGravity(Gravity.CENTER);
    explanation.setPadding(0, 0, 0, edge);
    column.addView(explanation);
    Button button = new Button(activity);
    button.setText(R.string.again);
    button.setOnClickListener(
        new View.OnClickListener() {
          @Override
          public void onClick(View view) {
            again.run();
          }
        });
    LinearLayout.LayoutParams asWideAsItsText =
        new LinearLayout.LayoutParams(
            LinearLayout.LayoutParams.WRAP_CONTENT, LinearLayout.LayoutParams.WRAP_CONTENT);
    column.addView(button, asWideAsItsText);
    return column;
  }
}
